using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>Reads a DICOM instance from a content that is no archive, or finds out what it is instead.</summary>
internal sealed class InstanceReader(SourceNotes notes)
{
    /// <summary>The instance; a file with a problem, if it should be an instance; nothing, if it is something else.</summary>
    /// <param name="source">Its bytes.</param>
    /// <param name="content">The same, opened.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="origin">The file that a row of the report is about.</param>
    /// <param name="selection">Whether it is a problem if it is not DICOM.</param>
    public IEnumerable<DicomFile> Read(DicomSource source, OpenedContent content, string name, DicomOrigin origin, Selection selection)
    {
        DicomFile? file;
        try
        {
            file = DicomFile.Read(source, content.Stream, name, origin);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return [SourceProblem.InArchive(name, origin, e)];
        }
        if (file?.ProblemDetail?.Id == DicomProblem.Directory && selection == Selection.Found)
        {
            file.Release();
            notes.LeftOut($"'{name}' is a DICOMDIR.");
            return [];
        }
        if (file is not null)
            return [file];
        if (selection == Selection.Found && SystemFile.IsOne(name, content.Head))
        {
            notes.LeftOut($"'{name}' was made by an operating system, and is not DICOM.");
            return [];
        }
        if (content.Unsupported is { } format)
            return [DicomFile.Unusable(name, origin, new(DicomProblem.UnsupportedArchive, $"It is {format}, which is not supported. Unpack it first."))];
        if (UnsupportedFormat.IsPart(name))
            return [DicomFile.Unusable(name, origin, new(DicomProblem.UnsupportedArchive, UnsupportedFormat.PartMessage))];
        if (UnsupportedFormat.IsNamedArchive(name))
            return [DicomFile.Unusable(name, origin, new(DicomProblem.BadArchive, "It is named as an archive, but its content is none that is known, or is damaged at its first bytes."))];
        // A file with a DICOM name that is damaged at its start must not be left out silently.
        if (selection == Selection.Named || HasDicomName(name))
            return [DicomFile.Unusable(name, origin, new(DicomProblem.NotDicom, source.Length == 0 ? "It is empty." : "It is not DICOM."))];
        notes.LeftOut($"'{name}' is {(source.Length == 0 ? "empty" : "not DICOM")}.");
        return [];
    }

    public static bool HasDicomName(string name)
        => Path.GetExtension(name).ToUpperInvariant() is ".DCM" or ".DICOM" or ".DIC" or ".IMA" or ".DCM30";

    /// <summary>Images of media and archives often have names without extension, or that end in numbers as UIDs do.</summary>
    public static bool MayNameAnImage(string name)
    {
        var leaf = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        return leaf.Length > 0 && leaf[0] != '.' && Path.GetExtension(leaf.AsSpan()).TrimStart('.').IndexOfAnyExceptInRange('0', '9') < 0;
    }
}
