using System.Buffers.Binary;
using FlywheelDicom.IO;
using FlywheelDicom.Transfer.Progress;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The entries of a zip. They are found by its directory and read in place, whatever their method.</summary>
internal static class ZipEntries
{
    /// <param name="archive">A source that can seek.</param>
    /// <param name="space">Limits the size of all entries.</param>
    /// <param name="progress">Is told how many entries come, and how long they are; null: nobody asks.</param>
    public static IEnumerable<ArchiveEntry> Read(DicomSource archive, SpoolSpace space, ReadProgress? progress = null)
    {
        using var stream = archive.Open();
        var directory = ZipDirectory.Find(stream);
        var (left, leftBytes) = Check(directory, stream, archive, space);
        if (progress is null)
        {
            foreach (var (entry, _) in Entries(directory, stream, archive))
                yield return entry;
            yield break;
        }
        progress.Announce(left, leftBytes);
        try
        {
            foreach (var (entry, length) in Entries(directory, stream, archive))
            {
                (left, leftBytes) = (left - 1, leftBytes - length);
                progress.Settle(1, length);
                yield return entry;
            }
        }
        finally
        {
            progress.Settle(left, leftBytes);
        }
    }

    private static IEnumerable<(ArchiveEntry Entry, long Length)> Entries(ZipDirectory directory, Stream stream, DicomSource archive)
    {
        var zip = new SharedFile(archive);
        var (count, encrypted) = (0UL, 0);
        foreach (var item in directory.Read(stream))
        {
            count++;
            if (item.IsFolder)
                continue;
            if (item.IsEncrypted)
                encrypted++;
            else
                yield return (new ArchiveEntry(item.Name, new ZipEntrySource(zip, item)), item.Length);
        }
        directory.Check(count);
        if (encrypted > 0)
            throw new ArchiveException(DicomProblem.EncryptedArchive, $"{encrypted} of its entries are encrypted. Decrypt the archive first.");
    }

    /// <summary>Entries that are files, and the bytes that they state.</summary>
    private static (long Count, long Bytes) Check(ZipDirectory directory, Stream stream, DicomSource archive, SpoolSpace space)
    {
        if (directory.Shift != 0)
        {
            Span<byte> first = stackalloc byte[4];
            stream.Position = 0;
            stream.ReadExactly(first);
            if (directory.Shift < 0 || first.SequenceEqual("PK\u0003\u0004"u8))
                throw new ArchiveException(DicomProblem.BadArchive, "The zip archive is cut off, or two lie one behind the other: its directory is not of its first entry.");
        }
        // No more than the stated length is read of an entry. So the sum of these is the limit.
        var (count, total) = (0L, 0L);
        foreach (var item in directory.Read(stream))
        {
            if (!item.IsFolder)
                count++;
            total = item.Length >= 0 && item.Length <= long.MaxValue - total ? total + item.Length : long.MaxValue;
        }
        space.RequireAllowedExpansion(total, archive.Length);
        return (count, total);
    }

    private sealed class ZipEntrySource(SharedFile zip, ZipItem item) : DicomSource
    {
        public override long Length => item.Length;
        public override void Retain() => zip.Source.Retain();
        public override void Claim() => zip.Source.Claim();
        public override void Release() => zip.Source.Release();

        public override Stream Open()
        {
            if (!ZipMethod.IsSupported(item.Method))
                throw new ArchiveException(DicomProblem.UnsupportedArchive, $"It is packed with a method that is not supported: {ZipMethod.NameOf(item.Method)}.");
            var packed = zip.OpenPart();
            try
            {
                var place = FindData(packed);
                packed.Begin(place, item.PackedLength);
                var content = ZipMethod.Open(packed, item);
                var isWorthAThread = item.Method != ZipMethod.Stored && item.Length >= ReadAheadStream.WorthIt;
                return new CheckedStream(isWorthAThread ? new ReadAheadStream(content) : content, item.Length, item.Crc, item.Name);
            }
            catch
            {
                packed.Dispose();
                throw;
            }
        }

        /// <summary>The position after the local header. Method and lengths there must not contradict the directory.</summary>
        private long FindData(SharedFile.Part packed)
        {
            Span<byte> header = stackalloc byte[ZipItem.LocalHeaderSize];
            if (!packed.TryRead(item.Place, header) || !header.StartsWith("PK\u0003\u0004"u8))
                throw Contradicted("no entry is where its directory says");
            var place = item.Place + header.Length + BinaryPrimitives.ReadUInt16LittleEndian(header[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
            if (BinaryPrimitives.ReadUInt16LittleEndian(header[8..]) != item.Method)
                throw Contradicted("its directory states another method");
            if (item.PackedLength < 0 || item.Length < 0 || item.PackedLength > zip.Source.Length - place)
                throw Contradicted("its directory states more bytes than there are");
            var stated = BinaryPrimitives.ReadUInt32LittleEndian(header[22..]);
            if (!item.HasDescriptor && stated is not (0 or uint.MaxValue) && stated != item.Length)
                throw Contradicted($"its directory states {item.Length} bytes, its own header {stated}");
            if (item.Length == 0)
                CheckEmpty(packed, place + item.PackedLength);
            return place;
        }

        /// <summary>After an entry without content, the next entry or the directory must follow.</summary>
        private void CheckEmpty(SharedFile.Part packed, long end)
        {
            Span<byte> next = stackalloc byte[2];
            if (packed.TryRead(end, next) && !next.SequenceEqual("PK"u8) && !(item.HasDescriptor && next.IndexOfAnyExcept((byte)0) < 0))
                throw Contradicted("its directory states that it is empty, and data follow");
        }

        private InvalidDataException Contradicted(string how) => new($"The archive entry '{item.Name}' is damaged: {how}.");
    }
}
