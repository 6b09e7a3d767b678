using System.Management.Automation;
using FlywheelDicom.Network.Connection.Tls;

namespace FlywheelDicom.Cmdlets;

/// <summary>Takes a profile as the standard and the gear spell it: BCP 195, Non-downgrading BCP 195, ...</summary>
internal sealed class TlsProfileTransformationAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is DicomTlsProfile known)
            return known;
        return TlsProfileRules.TryParse(value?.ToString(), out var profile)
            ? profile
            : throw new ArgumentTransformationMetadataException($"'{value}' is no TLS profile. Use one of: {string.Join(", ", Enum.GetNames<DicomTlsProfile>())}.");
    }
}
