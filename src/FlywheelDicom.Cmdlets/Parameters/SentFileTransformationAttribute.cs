using System.Management.Automation;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// Takes the result of Send-DicomStore for the instance that it is about, so that it can be sent again. It stands before
/// <see cref="DicomFileTransformationAttribute"/>, which takes all else.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SentFileTransformationAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        var result = value as DicomSendResult ?? LoadedResult.Of(inputData);
        return result is null ? inputData : result.File ?? SentFile.Reopen(result);
    }
}
