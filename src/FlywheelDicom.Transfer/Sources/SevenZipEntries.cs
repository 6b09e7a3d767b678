using System.IO.Hashing;
using FlywheelDicom.IO;
using SharpCompress.Archives.SevenZip;
using SharpCompress.Readers;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The entries of a 7z. A block of it holds many files. So it is unpacked in one pass, and each entry is written to the spool.</summary>
internal static class SevenZipEntries
{
    /// <param name="archive">A source that can seek.</param>
    /// <param name="space">Where it is unpacked.</param>
    public static IEnumerable<ArchiveEntry> Read(DicomSource archive, SpoolSpace space)
    {
        var spool = new SpoolFile(space, archive.Length, again =>
        {
            foreach (var _ in Unpack(archive, again))
            {
                // Each step unpacks one entry.
            }
        });
        try
        {
            foreach (var entry in Unpack(archive, spool))
                yield return entry;
        }
        finally
        {
            spool.EndFilling();
        }
    }

    private static IEnumerable<ArchiveEntry> Unpack(DicomSource archive, SpoolFile spool)
    {
        using var stream = archive.Open();
        using var sevenZip = SevenZipArchive.OpenArchive(stream, ReaderOptions.ForExternalStream);
        if (sevenZip.Entries.Any(e => e.IsEncrypted))
            throw new ArchiveException(DicomProblem.EncryptedArchive, "It is encrypted. Decrypt the archive first.");
        using var reader = sevenZip.ExtractAllEntries();
        while (reader.MoveToNextEntry())
        {
            if (reader.Entry.IsDirectory)
                continue;
            var (name, offset) = (reader.Entry.Key ?? "", spool.Length);
            if (reader.Entry.Size > 0)
                Unpack(reader, name, archive, spool);
            yield return new ArchiveEntry(name, spool.Slice(offset, spool.Length - offset));
        }
    }

    /// <summary>Unpacks one entry, and compares its check sum, which the library does not.</summary>
    private static void Unpack(IReader reader, string name, DicomSource archive, SpoolFile spool)
    {
        var (offset, stated) = (spool.Length, reader.Entry.Crc);
        var sum = new Crc32();
        try
        {
            using var content = reader.OpenEntryStream();
            var buffer = new byte[64 * 1024];
            while (content.Read(buffer) is > 0 and var read)
            {
                sum.Append(buffer.AsSpan(0, read));
                spool.Append(buffer.AsSpan(0, read));
            }
        }
        catch (Exception e) when (e is NotSupportedException or NotImplementedException)
        {
            var method = SevenZipMethods.Of(archive) is { } known ? $": {known}" : "";
            throw new ArchiveException(DicomProblem.UnsupportedArchive, $"'{name}' is packed with a method that is not supported{method}. Pack the archive anew, as LZMA2 say.");
        }
        if (spool.Length - offset != reader.Entry.Size)
            throw new ArchiveException(DicomProblem.BadArchive, $"'{name}' is damaged: it has {spool.Length - offset} of the {reader.Entry.Size} bytes that are stated.");
        // Zero also means that there is none.
        if (stated != 0 && (uint)stated != sum.GetCurrentHashAsUInt32())
            throw new ArchiveException(DicomProblem.BadArchive, $"'{name}' is damaged: its check sum is wrong.");
    }
}
