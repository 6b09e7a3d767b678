using System.Collections;
using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// Results that were loaded or came back from a job, and lines of a journal, are taken as <see cref="LoadedResult"/> reads them. What is
/// no result, a file that was never sent say, takes its place in the pipeline as one that failed: it is told in words, and stands in the
/// report; the cmdlet gives it its number. What another stream wrote is nobody's result: PowerShell refuses it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SendResultTransformationAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is null or DicomSendResult or InformationalRecord or InformationRecord or ErrorRecord or IList)
            return value;
        if (LoadedResult.Of(inputData) is { } loaded)
            return loaded;
        var file = value as DicomFile;
        var kind = ForeignInput.Of(inputData).Kind;
        var shown = file?.Name ?? $"a {kind}";
        return new DicomSendResult
        {
            Name = shown, Origin = file?.Origin ?? new DicomOrigin { FileName = shown },
            SopInstanceUid = file?.SopInstanceUid, SopClassUid = file?.SopClassUid,
            Status = DicomSendStatus.Failed, Destination = new DicomDestination { Host = "none" }, ErrorId = DicomSendResult.NotAResult,
            File = file, Edited = file?.Edited,
            Reason = file is not null ? "It was not sent: it is a file, not a result of Send-DicomStore. Put Send-DicomStore before this."
                : $"It is a {kind}, not a result of Send-DicomStore, nor one that was saved and loaded.",
        };
    }
}
