using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The DICOM instances in an archive, and in archives in it, one level deep. What breaks gives one file with a problem.</summary>
internal sealed class ArchiveReader(InstanceReader instances, Action<string> leftOut, SpoolSpace space, CancellationToken cancellation)
{
    /// <summary>All of one archive; where it holds no DICOM, one file with that problem.</summary>
    /// <param name="isGiven">The caller named it: it is expected to hold DICOM.</param>
    public IEnumerable<DicomFile> Read(DicomSource source, ContentKind kind, string path, DicomOrigin origin, bool isGiven)
    {
        var any = false;
        foreach (var file in ArchiveContent(source, kind, "", origin, level: 0))
        {
            any = true;
            yield return file;
        }
        if (!any && (isGiven || kind is ContentKind.Zip or ContentKind.Tar or ContentKind.SevenZip))
            yield return DicomFile.Unusable(path, origin, new(DicomProblem.NotDicom, "The archive holds no DICOM."));
        else if (!any)
            leftOut($"'{path}' is compressed, and what is in it is not DICOM.");
    }

    /// <summary>What an archive holds. What breaks in it gives one problem, after what could be read.</summary>
    private IEnumerable<DicomFile> ArchiveContent(DicomSource source, ContentKind kind, string prefix, DicomOrigin origin, int level)
    {
        using var entries = Entries(source, kind, prefix, origin).GetEnumerator();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            DicomFile? broken = null;
            try
            {
                if (!entries.MoveNext())
                    yield break;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Archive libraries throw whatever damage leads them to; for the operator it is one fact.
                broken = SourceProblem.InArchive(prefix.Length > 0 ? prefix.TrimEnd('/') : origin.LocalPath ?? origin.FileName, origin, e);
            }
            if (broken is not null)
            {
                yield return broken;
                yield break;
            }
            var entry = entries.Current;
            foreach (var file in Entry(entry.Source, prefix + entry.Name, origin, level))
                yield return file;
        }
    }

    private IEnumerable<DicomFile> Entry(DicomSource source, string name, DicomOrigin origin, int level)
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
            if (!content.IsArchive)
                return instances.Read(source, content.Stream, name, origin, isGiven: false);
            if (level > 0)
                return [DicomFile.Unusable(name, origin, new(DicomProblem.BadArchive, "An archive inside an archive inside an archive is not opened."))];
            return Nested(source, content.Kind, name, origin, level + 1);
        }
    }

    private IEnumerable<DicomFile> Nested(DicomSource source, ContentKind kind, string name, DicomOrigin origin, int level)
    {
        var any = false;
        foreach (var file in ArchiveContent(source, kind, name + "/", origin, level))
        {
            any = true;
            yield return file;
        }
        if (!any)
            leftOut($"'{name}' is an archive without DICOM.");
    }

    private IEnumerable<ArchiveEntry> Entries(DicomSource source, ContentKind kind, string prefix, DicomOrigin origin) => kind switch
    {
        ContentKind.Zip => Seekable(source, s => ZipEntries.Read(s, space)),
        ContentKind.Tar => Seekable(source, TarEntries.Read),
        ContentKind.SevenZip => Seekable(source, s => SevenZipEntries.Read(s, space)),
        _ => CompressedEntries(source, kind, prefix.Length > 0 ? prefix.TrimEnd('/') : origin.FileName),
    };

    /// <summary>A compressed tar, or one compressed file. Which, its first bytes tell; what is neither is not unpacked.</summary>
    private IEnumerable<ArchiveEntry> CompressedEntries(DicomSource source, ContentKind kind, string name)
    {
        using var raw = source.Open();
        using var inner = Decompression.Open(raw, kind);
        var head = new byte[Content.HeadSize];
        var count = inner.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var whole = new PrefixedStream(head.AsMemory(0, count), inner);
        var content = Content.Of(head.AsSpan(0, count));
        var spool = new SpoolFile(space, source.Length, again =>
        {
            using var compressed = source.Open();
            using var plain = Decompression.Open(compressed, kind);
            again.Fill(plain);
        });
        if (content == ContentKind.Tar)
        {
            foreach (var entry in TarEntries.Spool(whole, spool))
                yield return entry;
            yield break;
        }
        try
        {
            // What is certainly not DICOM (NIfTI, say) is not unpacked; its first bytes stand for it.
            spool.Fill(content == ContentKind.Dicom || Content.IsArchive(content) || DicomFile.MayBeDicom(head.AsSpan(0, count))
                ? whole
                : new MemoryStream(head, 0, count));
            yield return new ArchiveEntry(Path.GetFileNameWithoutExtension(name), spool.Slice(0, spool.Length));
        }
        finally
        {
            spool.EndFilling();
        }
    }

    /// <summary>An archive inside a compressed entry is spooled first: its directory is at its end.</summary>
    private IEnumerable<ArchiveEntry> Seekable(DicomSource source, Func<DicomSource, IEnumerable<ArchiveEntry>> read)
    {
        using var stream = source.Open();
        if (stream.CanSeek)
        {
            foreach (var entry in read(source))
                yield return entry;
            yield break;
        }
        var spool = new SpoolFile(space, source.Length, again =>
        {
            using var content = source.Open();
            again.Fill(content);
        });
        try
        {
            spool.Fill(stream);
            foreach (var entry in read(spool.Slice(0, spool.Length)))
                yield return entry;
        }
        finally
        {
            spool.EndFilling();
        }
    }
}
