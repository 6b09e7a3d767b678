using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>Opens an archive of any kind, and gives its entries one after the other.</summary>
internal sealed class ArchiveOpener(SpoolSpace space, SourceNotes notes)
{
    /// <param name="source">Its bytes.</param>
    /// <param name="kind">What they are.</param>
    /// <param name="name">Its name in messages.</param>
    public IEnumerable<ArchiveEntry> Entries(DicomSource source, ContentKind kind, string name) => kind switch
    {
        ContentKind.Zip => Seekable(source, s => ZipEntries.Read(s, space, notes.Progress)),
        ContentKind.Tar => Seekable(source, s => TarEntries.Read(s, name, space, notes)),
        ContentKind.SevenZip => Seekable(source, s => SevenZipEntries.Read(s, space)),
        _ => CompressedEntries(source, kind, name),
    };

    /// <summary>A compressed tar, or one compressed file: its first bytes decide. Anything else is not unpacked.</summary>
    private IEnumerable<ArchiveEntry> CompressedEntries(DicomSource source, ContentKind kind, string name)
    {
        using var raw = source.Open();
        using var inner = Decompression.Open(raw, kind);
        var bytes = new byte[Content.HeadSize];
        var head = bytes.AsMemory(0, inner.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        var whole = new PrefixedStream(head, inner);
        var content = Content.Of(head.Span);
        var spool = new SpoolFile(space, source.Length, again =>
        {
            using var compressed = source.Open();
            using var plain = Decompression.Open(compressed, kind);
            again.Fill(plain);
        });
        try
        {
            if (content == ContentKind.Tar)
            {
                foreach (var entry in TarEntries.Spool(whole, source.Length, spool, name, space, notes))
                    yield return entry;
                yield break;
            }
            // A file that is certainly not DICOM (NIfTI, for example) is not unpacked. Its first bytes are enough.
            var isWanted = content == ContentKind.Dicom || Content.IsArchive(content) || DicomFile.MayBeDicom(head.Span) || InstanceReader.HasDicomName(NameInside(name));
            spool.Fill(isWanted ? whole : new PrefixedStream(head, Stream.Null));
            yield return new ArchiveEntry(NameInside(name), spool.Slice(0, spool.Length));
        }
        finally
        {
            spool.EndFilling();
        }
    }

    private static string NameInside(string name) => Path.GetFileNameWithoutExtension(name);

    /// <summary>An archive in a compressed entry is spooled first, because its directory is at its end.</summary>
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
