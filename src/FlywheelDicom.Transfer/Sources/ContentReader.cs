using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>Finds out from its first bytes what a file is, and reads it: an archive, an instance, or neither.</summary>
internal sealed class ContentReader
{
    private readonly InstanceReader _instances;
    private readonly ArchiveReader _archives;

    public ContentReader(SourceNotes notes, SpoolSpace space, CancellationToken cancellation)
    {
        _instances = new InstanceReader(notes);
        _archives = new ArchiveReader(_instances, notes, space, cancellation);
    }

    /// <param name="source">Where its bytes are.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="origin">The file that a row of the report is about.</param>
    /// <param name="selection">Whether it is a problem if it is not DICOM.</param>
    public IEnumerable<DicomFile> Read(DicomSource source, string name, DicomOrigin origin, Selection selection)
    {
        OpenedContent content;
        try
        {
            content = OpenedContent.Of(source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [SourceProblem.Unreadable(name, origin, e)];
        }
        using (content)
            return content.IsArchive ? _archives.Read(source, content.Kind, name, origin, selection) : _instances.Read(source, content, name, origin, selection);
    }
}
