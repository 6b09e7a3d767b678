using System.Formats.Tar;
using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The entries of a tar: of a plain one in place, of a compressed one while it is spooled.</summary>
internal static class TarEntries
{
    /// <summary>The platform's reader remembers each entry that it gave: after so many a new one goes on in its place.</summary>
    private const int EntriesOfAReader = 4096;

    /// <param name="archive">A source that can seek.</param>
    public static IEnumerable<ArchiveEntry> Read(DicomSource archive)
    {
        using var stream = archive.Open();
        using var guard = new TarHeaderGuard(stream);
        var reader = new TarReader(guard, leaveOpen: true);
        for (var count = 1; Next(reader) is { } entry; count++)
        {
            if (entry.DataStream is not { } data || !IsFile(entry))
                continue;
            // The reader does not tell where the data is; where its first byte was read from does.
            var offset = data.ReadByte() < 0 ? archive.Length : stream.Position - 1;
            if (offset + entry.Length > archive.Length)
                throw new ArchiveException(DicomProblem.BadArchive, $"The tar archive is cut off inside '{entry.Name}'.");
            yield return new ArchiveEntry(entry.Name, new SourceSlice(archive, offset, entry.Length));
            if (count % EntriesOfAReader == 0)
            {
                stream.Position = offset + entry.Length + Padding(entry.Length);
                reader = new TarReader(guard, leaveOpen: true);
            }
        }
    }

    /// <param name="decompressed">Read once, to its end.</param>
    /// <param name="spool">Gets every byte that is read.</param>
    public static IEnumerable<ArchiveEntry> Spool(Stream decompressed, SpoolFile spool)
    {
        using var tee = new TeeStream(decompressed, spool);
        using var guard = new TarHeaderGuard(tee);
        var reader = new TarReader(guard, leaveOpen: true);
        try
        {
            for (var count = 1; Next(reader) is { } entry; count++)
            {
                if (entry.DataStream is not { } data)
                    continue;
                // Its bytes are in the spool once they were read; only then is it handed on.
                var offset = spool.Length;
                guard.IsInContent = true;
                Drain(data, entry.Name);
                guard.IsInContent = false;
                if (!IsFile(entry))
                    continue;
                yield return new ArchiveEntry(entry.Name, spool.Slice(offset, entry.Length));
                if (count % EntriesOfAReader == 0)
                {
                    guard.ReadAtLeast(new byte[Padding(entry.Length)], Padding(entry.Length), throwOnEndOfStream: false);
                    reader = new TarReader(guard, leaveOpen: true);
                }
            }
        }
        finally
        {
            spool.EndFilling();
        }
    }

    /// <summary>Content fills whole blocks.</summary>
    private static int Padding(long length) => (int)((TarHeader.Size - length % TarHeader.Size) % TarHeader.Size);

    /// <summary>Links and devices are not followed: what they name is not in the archive.</summary>
    private static bool IsFile(TarEntry entry)
        => entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile && entry.Length > 0;

    private static TarEntry? Next(TarReader reader)
    {
        try
        {
            return reader.GetNextEntry();
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or OverflowException)
        {
            throw new ArchiveException(DicomProblem.BadArchive, $"The tar archive is damaged or cut off: {e.Message}");
        }
    }

    private static void Drain(Stream data, string name)
    {
        var buffer = new byte[64 * 1024];
        var left = data.Length;
        while (left > 0)
        {
            var read = data.Read(buffer);
            if (read == 0)
                throw new ArchiveException(DicomProblem.BadArchive, $"The tar archive is cut off inside '{name}'.");
            left -= read;
        }
    }

    private sealed class TeeStream(Stream inner, SpoolFile spool) : ForwardStream
    {
        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            spool.Append(buffer[..read]);
            return read;
        }
    }
}
