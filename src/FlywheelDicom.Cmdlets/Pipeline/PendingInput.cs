using System.Runtime.CompilerServices;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// What a stage was given in place of instances: a path, an object of another library, or several of anything. It is bound as one
/// DicomFile that stands for it, and opened when the stage comes to it: so a folder streams, and Ctrl+C ends it.
/// </summary>
internal sealed class PendingInput
{
    private static readonly ConditionalWeakTable<DicomFile, PendingInput> s_pending = [];

    private PendingInput(object given, PathForm form) => (Given, Form) = (given, form);

    /// <summary>A path, an object of fo-dicom, an array of DicomFile, or something foreign.</summary>
    public object Given { get; }

    /// <summary>Of a path.</summary>
    public PathForm Form { get; }

    /// <summary>The DicomFile that stands for what was given, until a stage opens it.</summary>
    public static DicomFile Bind(object given, string name, PathForm form = PathForm.Piped)
    {
        var file = DicomFile.Unusable(name, new DicomOrigin { FileName = name }, new("InputNotDicomFile", "It was not opened by a stage of this module."));
        s_pending.Add(file, new PendingInput(given, form));
        return file;
    }

    /// <summary>What a DicomFile stands for; null for one that is an instance.</summary>
    public static PendingInput? Of(DicomFile file) => s_pending.TryGetValue(file, out var pending) ? pending : null;
}
