using System.Buffers.Binary;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// The central directory of a zip, which states where each entry is (APPNOTE §4.3). Its size in bytes counts, because the number of entries
/// is stated modulo 65,536. Bytes before the first entry, as in a self-extracting archive, shift all positions.
/// </summary>
internal sealed class ZipDirectory
{
    private const int EndSize = 22;
    private const int LocatorSize = 20;
    private const int End64Size = 56;

    private readonly long _start;
    private readonly long _end;
    private readonly ulong _count;
    private readonly bool _isZip64;

    private ZipDirectory(long start, long end, long shift, ulong count, bool isZip64)
        => (_start, _end, Shift, _count, _isZip64) = (start, end, shift, count, isZip64);

    /// <summary>The number of bytes before the archive.</summary>
    public long Shift { get; }

    /// <summary>Whether a file ends like a zip. It need not begin like one.</summary>
    public static bool IsAtEndOf(Stream file)
    {
        try
        {
            return Search(file) is { _count: > 0 };
        }
        catch (ArchiveException)
        {
            // It is a part of a split archive. That is reported when it is opened.
            return true;
        }
    }

    /// <exception cref="ArchiveException">There is none, or it is that of a split archive.</exception>
    public static ZipDirectory Find(Stream archive)
        => Search(archive) ?? throw new ArchiveException(DicomProblem.BadArchive, "The zip archive is damaged or cut off: it has no directory at its end.");

    /// <summary>From the first entry to the last.</summary>
    /// <exception cref="ArchiveException">It is damaged.</exception>
    public IEnumerable<ZipItem> Read(Stream archive)
    {
        archive.Position = _start;
        var input = new PackedInput(archive);
        for (var count = 1; input.Count < _end - _start; count++)
        {
            ZipItem? item;
            try
            {
                item = ZipItem.Read(input, Shift);
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
            {
                throw new ArchiveException(DicomProblem.BadArchive, $"The directory of the zip archive is damaged at entry {count}.");
            }
            if (item is null)
                break;
            yield return item;
        }
    }

    /// <exception cref="ArchiveException">It states another number of entries than it holds.</exception>
    public void Check(ulong count)
    {
        if (_isZip64 ? count != _count : (ushort)count != _count)
            throw new ArchiveException(DicomProblem.BadArchive, $"The zip archive states another number of entries ({_count}) than its directory holds ({count}).");
    }

    private static ZipDirectory? Search(Stream archive)
    {
        var tail = new byte[Math.Min(archive.Length, EndSize + ushort.MaxValue)];
        var tailStart = archive.Length - tail.Length;
        archive.Position = tailStart;
        archive.ReadExactly(tail);
        for (var at = tail.Length; at > 0;)
        {
            at = tail.AsSpan(0, at).LastIndexOf("PK\u0005\u0006"u8);
            if (at < 0)
                return null;
            if (at + EndSize <= tail.Length && At(archive, tailStart + at, tail.AsSpan(at, EndSize)) is { } directory)
                return directory;
            // The mark may also be in a comment, or in an entry that is a zip itself.
        }
        return null;
    }

    private static ZipDirectory? At(Stream archive, long place, ReadOnlySpan<byte> end)
    {
        var (disk, count) = (UInt16(end, 4), (ulong)UInt16(end, 10));
        long size = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]), offset = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        var directoryEnd = place;
        Span<byte> end64 = stackalloc byte[End64Size];
        var isZip64 = TryEnd64(archive, place - LocatorSize, end64, out var place64);
        if (isZip64)
        {
            directoryEnd = place64;
            count = BinaryPrimitives.ReadUInt64LittleEndian(end64[32..]);
            size = BinaryPrimitives.ReadInt64LittleEndian(end64[40..]);
            offset = BinaryPrimitives.ReadInt64LittleEndian(end64[48..]);
        }
        // If position and size agree, it is certain. Some programs leave a gap before the end.
        var start = directoryEnd - size;
        if (size < 0 || !IsEntry(archive, start, directoryEnd))
            start = IsEntry(archive, offset, directoryEnd) ? offset : size == 0 ? directoryEnd : -1;
        if (disk is not (0 or ushort.MaxValue) && (start < 0 || offset != start))
            throw new ArchiveException(DicomProblem.UnsupportedArchive, "It is one part of a split zip archive, which is not supported. Put its parts together first (zip -s 0).");
        return start < 0 ? null : new ZipDirectory(start, directoryEnd, start - offset, count, isZip64);
    }

    /// <summary>The record of an archive with more or larger entries than 32 bits can state. Bytes before the archive may have shifted it.</summary>
    private static bool TryEnd64(Stream archive, long locatorPlace, Span<byte> end64, out long place)
    {
        Span<byte> locator = stackalloc byte[LocatorSize];
        place = -1;
        if (!TryRead(archive, locatorPlace, locator) || !locator.StartsWith("PK\u0006\u0007"u8))
            return false;
        foreach (var candidate in (ReadOnlySpan<long>)[BinaryPrimitives.ReadInt64LittleEndian(locator[8..]), locatorPlace - End64Size])
        {
            if (!TryRead(archive, candidate, end64) || !end64.StartsWith("PK\u0006\u0006"u8))
                continue;
            place = candidate;
            return true;
        }
        return false;
    }

    private static bool IsEntry(Stream archive, long place, long end)
    {
        Span<byte> mark = stackalloc byte[4];
        return place < end && TryRead(archive, place, mark) && mark.SequenceEqual("PK\u0001\u0002"u8);
    }

    private static bool TryRead(Stream archive, long place, Span<byte> target)
    {
        if (place < 0 || place > archive.Length - target.Length)
            return false;
        archive.Position = place;
        archive.ReadExactly(target);
        return true;
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
}
