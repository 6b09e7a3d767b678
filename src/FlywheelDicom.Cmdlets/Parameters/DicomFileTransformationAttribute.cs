using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// What is no DicomFile, a path say or an object that came back from a job, takes its place in the pipeline as a file with a problem:
/// it is told once, in words, and stands in the report.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DicomFileTransformationAttribute : ArgumentTransformationAttribute
{
    private const int Shown = 100;

    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is null or DicomFile)
            return value;
        var kind = inputData is PSObject { TypeNames: { Count: > 0 } names } ? names[0] : value.GetType().FullName;
        var text = PlainText.Clean(inputData.ToString() ?? "");
        var name = text.Length is 0 ? kind! : text.Length > Shown ? text[..Shown] : text;
        return DicomFile.Unusable(name, new DicomOrigin { FileName = name },
            new("InputNotDicomFile", $"It is a {kind}, not a FlywheelDicom.DicomFile. Get-DicomFile makes those of paths; what comes back from a job cannot be opened again."));
    }
}
