using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>Reads the DICOM instances in an archive, and in archives in it, one level deep. A damaged archive gives one file with a problem.</summary>
internal sealed class ArchiveReader(InstanceReader instances, SourceNotes notes, SpoolSpace space, CancellationToken cancellation)
{
    private readonly ArchiveOpener _opener = new(space, notes);

    /// <summary>All of one archive; where it holds no DICOM, one file with that problem.</summary>
    /// <param name="source">Its bytes.</param>
    /// <param name="kind">What they are.</param>
    /// <param name="path">Its name in messages.</param>
    /// <param name="origin">The file that a row of the report is about.</param>
    /// <param name="selection">A named archive without DICOM is a problem.</param>
    public IEnumerable<DicomFile> Read(DicomSource source, ContentKind kind, string path, DicomOrigin origin, Selection selection)
    {
        var any = false;
        foreach (var file in ArchiveContent(source, kind, "", path, origin, level: 0))
        {
            any = true;
            yield return file;
        }
        if (!any && (selection == Selection.Named || kind is ContentKind.Zip or ContentKind.Tar or ContentKind.SevenZip))
            yield return DicomFile.Unusable(path, origin, new(DicomProblem.NotDicom, "The archive holds no DICOM."));
        else if (!any)
            notes.LeftOut($"'{path}' is compressed, and what is in it is not DICOM.");
    }

    /// <summary>The content of an archive. If it is damaged, one problem comes after the instances that could be read.</summary>
    private IEnumerable<DicomFile> ArchiveContent(DicomSource source, ContentKind kind, string prefix, string archive, DicomOrigin origin, int level)
    {
        var empty = new EmptyEntries(archive, notes);
        using var entries = _opener.Entries(source, kind, archive).GetEnumerator();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            DicomFile? broken = null;
            var isAtEnd = false;
            try
            {
                isAtEnd = !entries.MoveNext();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Damage can make an archive library throw anything. For the user it is one problem.
                broken = SourceProblem.InArchive(archive, origin, e);
            }
            if (broken is not null)
                yield return broken;
            if (broken is not null || isAtEnd)
                break;
            var entry = entries.Current;
            foreach (var file in Entry(entry.Source, prefix + entry.Name, origin, level, empty))
            {
                empty.HasNeighbour |= file.Problem is null;
                yield return file;
            }
        }
        empty.WarnIfSuspicious();
    }

    private IEnumerable<DicomFile> Entry(DicomSource source, string name, DicomOrigin origin, int level, EmptyEntries empty)
    {
        OpenedContent content;
        try
        {
            content = OpenedContent.Of(source);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return [SourceProblem.InArchive(name, origin, e)];
        }
        using (content)
        {
            // A zip may have other bytes before it. If its end cannot be read here, the name decides.
            var kind = content is { Kind: ContentKind.Other, Stream.CanSeek: false } && source.Length > 0 && name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)
                ? ContentKind.Zip
                : content.Kind;
            if (!Content.IsArchive(kind))
            {
                if (source.Length == 0)
                    empty.Add(name);
                return Plain(source, content, name, origin);
            }
            if (level > 0)
                return [DicomFile.Unusable(name, origin, new(DicomProblem.BadArchive, "An archive inside an archive inside an archive is not opened."))];
            return Nested(source, kind, name, origin, level + 1);
        }
    }

    /// <summary>
    /// An instance, or a file that is left out. An image that is damaged at its start does not look like one. So what may be an image is read to
    /// its end first: the check sum of the archive shows whether it is damaged.
    /// </summary>
    private DicomFile[] Plain(DicomSource source, OpenedContent content, string name, DicomOrigin origin)
    {
        DicomFile[] files = [.. instances.Read(source, content, name, origin, Selection.Found)];
        if (files.Length > 0 || content.Stream.CanSeek || !InstanceReader.MayNameAnImage(name))
            return files;
        try
        {
            content.Stream.CopyTo(Stream.Null);
            return files;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return [SourceProblem.InArchive(name, origin, e)];
        }
    }

    private IEnumerable<DicomFile> Nested(DicomSource source, ContentKind kind, string name, DicomOrigin origin, int level)
    {
        var any = false;
        foreach (var file in ArchiveContent(source, kind, name + "/", name, origin, level))
        {
            any = true;
            yield return file;
        }
        if (!any)
            notes.LeftOut($"'{name}' is an archive without DICOM.");
    }

    /// <summary>Empty entries whose names do not show what they were. If there are images beside them, they may have been images too.</summary>
    private sealed class EmptyEntries(string archive, SourceNotes notes)
    {
        private string? _first;
        private int _count;

        public bool HasNeighbour { get; set; }

        public void Add(string name)
        {
            if (!InstanceReader.MayNameAnImage(name) || InstanceReader.HasDicomName(name))
                return;
            _first ??= name;
            _count++;
        }

        public void WarnIfSuspicious()
        {
            if (_count > 0 && HasNeighbour)
                notes.Warn($"'{archive}' holds {_count} empty entries beside its images, such as '{_first}'. If these were images, they were lost before the archive was made.");
        }
    }
}
