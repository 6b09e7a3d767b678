using System.Management.Automation;
using System.Net;
using System.Security;

namespace FlywheelDicom.Cmdlets;

/// <summary>Takes plain text where a secret is wanted, for scripts that have it so; it is held as a SecureString from here on.</summary>
public sealed class SecretTransformationAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value is string text ? new NetworkCredential("", text).SecurePassword : value;
    }

    internal static string? Reveal(SecureString? secret) => secret is null ? null : new NetworkCredential("", secret).Password;
}
