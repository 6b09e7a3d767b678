using FlywheelDicom.IO;
using SharpCompress.Archives.SevenZip;
using SharpCompress.Readers;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The entries of a 7z. Its blocks hold many files each, so it is unpacked in one pass, each entry into the spool.</summary>
internal static class SevenZipEntries
{
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
            if (reader.Entry.IsDirectory || reader.Entry.Size == 0)
                continue;
            var offset = spool.Length;
            using (var content = reader.OpenEntryStream())
                spool.Fill(content);
            yield return new ArchiveEntry(reader.Entry.Key ?? "", spool.Slice(offset, spool.Length - offset));
        }
    }
}
