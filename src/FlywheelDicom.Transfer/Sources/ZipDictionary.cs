using System.Buffers.Binary;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// What LZMA entries of a zip ask for as their dictionary, which is taken from memory before a byte is unpacked (APPNOTE §5.8.8).
/// </summary>
internal static class ZipDictionary
{
    /// <summary>Four times what the strongest usual setting asks for.</summary>
    public const long MaxSize = 256 << 20;

    private const int EndSize = 22;
    private const int EntrySize = 46;
    private const int LocalSize = 30;
    private const ushort Lzma = 14;

    /// <exception cref="InvalidDataException">The entry asks for more than is sane, or is where it cannot be looked up.</exception>
    public static void Check(Stream archive, int index)
    {
        if (LocalHeader(archive, index) is not { } place)
            return;
        Span<byte> local = stackalloc byte[LocalSize];
        ReadAt(archive, place, local);
        Span<byte> properties = stackalloc byte[9];
        ReadAt(archive, place + LocalSize + UInt16(local, 26) + UInt16(local, 28), properties);
        if (BinaryPrimitives.ReadUInt32LittleEndian(properties[5..]) > MaxSize)
            throw new InvalidDataException($"It asks for a dictionary of more than {MaxSize >> 20} MiB.");
    }

    /// <summary>Where the entry's local header stands, if it is in LZMA.</summary>
    private static long? LocalHeader(Stream archive, int index)
    {
        var tail = new byte[Math.Min(archive.Length, EndSize + ushort.MaxValue)];
        ReadAt(archive, archive.Length - tail.Length, tail);
        var end = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || end + EndSize > tail.Length)
            throw new InvalidDataException("The archive has no directory.");
        long place = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 16));
        Span<byte> entry = stackalloc byte[EntrySize];
        for (var i = 0; ; i++)
        {
            ReadAt(archive, place, entry);
            if (i == index)
                break;
            place += EntrySize + UInt16(entry, 28) + UInt16(entry, 30) + UInt16(entry, 32);
        }
        if (UInt16(entry, 10) != Lzma)
            return null;
        var local = BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]);
        return local < uint.MaxValue ? local : throw new InvalidDataException("It is in LZMA, beyond the first 4 GiB of the archive.");
    }

    private static void ReadAt(Stream archive, long place, Span<byte> target)
    {
        if (place < 0 || place + target.Length > archive.Length)
            throw new InvalidDataException("The archive's directory points outside of it.");
        archive.Position = place;
        archive.ReadExactly(target);
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
}
