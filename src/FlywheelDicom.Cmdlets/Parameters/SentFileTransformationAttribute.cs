using System.Management.Automation;
using System.Runtime.CompilerServices;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// Takes the result of Send-DicomStore for the instance that it is about, so that it can be sent again. It stands before
/// <see cref="DicomFileTransformationAttribute"/>, which takes all else.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SentFileTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly ConditionalWeakTable<DicomFile, DicomSendRun> s_runs = [];

    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        var result = value as DicomSendResult ?? LoadedResult.Of(inputData);
        if (result is null)
            return inputData;
        var file = result.File ?? SentFile.Reopen(result);
        if (result.Run is { } run)
            s_runs.AddOrUpdate(file, run);
        return file;
    }

    /// <summary>The run whose result an instance was taken from; null where it came by itself.</summary>
    internal static DicomSendRun? RunOf(DicomFile file) => s_runs.TryGetValue(file, out var run) ? run : null;
}
