using System.Collections;
using System.Management.Automation;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// Takes what stands for instances: paths as Get-DicomFile takes them, files and folders of Get-ChildItem, objects of fo-dicom, and
/// arrays of all that. What else comes, an object that came back from a job say, takes its place in the pipeline as a file with a
/// problem: it is told once, in words, and stands in the report, by its type and place.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DicomFileTransformationAttribute : ArgumentTransformationAttribute
{
    private const int Shown = 100;

    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => Bound(inputData);

    private static DicomFile? Bound(object? inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        switch (value)
        {
            case null:
                return null;
            case DicomFile file:
                return file;
            case string { Length: > 0 } path when !string.IsNullOrWhiteSpace(path):
                return PendingInput.Bind(path, ForeignInput.IsNoPath(path) ? ForeignInput.NoPath : Name(path, "path"));
            case FileSystemInfo place:
                return PendingInput.Bind(place.FullName, Name(place.Name, "path"), PathForm.Literal);
            case PathInfo place:
                return PendingInput.Bind(place.Path, Name(place.Path, "path"), PathForm.Literal);
            case IList { Count: > 0 } many and not byte[]:
                return PendingInput.Bind(many.Cast<object?>().Select(Bound).OfType<DicomFile>().ToArray(), "inputs");
            case var other when SavedObject.IsOne(other):
                return PendingInput.Bind(other, SavedObject.NameOf(other));
        }
        var foreign = ForeignInput.Of(inputData!);
        return PendingInput.Bind(foreign, foreign.Kind);
    }

    private static string Name(string text, string kind)
    {
        var clean = PlainText.Clean(text);
        return clean.Length is 0 ? kind : clean.Length > Shown ? clean[..Shown] : clean;
    }
}
