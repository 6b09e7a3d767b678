using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>One entry in the directory of a zip.</summary>
/// <param name="Name">Its path in the archive.</param>
/// <param name="Flags">General purpose bits (APPNOTE §4.4.4).</param>
/// <param name="Method">How it is packed (APPNOTE §4.4.5).</param>
/// <param name="Crc">The check sum of its content.</param>
/// <param name="PackedLength">Bytes in the archive.</param>
/// <param name="Length">Bytes of its content.</param>
/// <param name="Place">The position of its local header in the file.</param>
internal sealed record ZipItem(string Name, ushort Flags, ushort Method, uint Crc, long PackedLength, long Length, long Place)
{
    public const int LocalHeaderSize = 30;
    private const int HeaderSize = 46;
    private const ushort Zip64 = 0x0001;
    private const ushort UnicodePath = 0x7075;
    private const ushort AesMethod = 99;
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    public bool IsEncrypted => (Flags & 1) != 0 || Method == AesMethod;

    /// <summary>The length was not known when the local header was written. It follows after the data.</summary>
    public bool HasDescriptor => (Flags & 8) != 0;

    public bool IsFolder => (Name.EndsWith('/') || Name.EndsWith('\\')) && Length == 0;

    /// <param name="input">At the start of an entry of the directory.</param>
    /// <param name="shift">Bytes before the archive.</param>
    /// <returns>Null at the end of the entries.</returns>
    public static ZipItem? Read(PackedInput input, long shift)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        input.ReadExactly(header[..4]);
        if (header.StartsWith("PK\u0005\u0005"u8))
            return null;
        if (!header.StartsWith("PK\u0001\u0002"u8))
            throw new InvalidDataException();
        input.ReadExactly(header[4..]);
        var name = new byte[UInt16(header, 28)];
        var extra = new byte[UInt16(header, 30)];
        input.ReadExactly(name);
        input.ReadExactly(extra);
        Skip(input, UInt16(header, 32));
        long length = UInt32(header, 24), packed = UInt32(header, 20), place = UInt32(header, 42);
        if (Extra(extra, Zip64) is { } large)
        {
            var at = 0;
            long Take(long small)
            {
                if (small != uint.MaxValue || at + 8 > large.Length)
                    return small;
                at += 8;
                return BinaryPrimitives.ReadInt64LittleEndian(large.AsSpan(at - 8));
            }
            (length, packed, place) = (Take(length), Take(packed), Take(place));
        }
        var flags = UInt16(header, 8);
        return new ZipItem(NameOf(name, flags, extra), flags, UInt16(header, 10), UInt32(header, 16), packed, length, place + shift);
    }

    /// <summary>One of the extra fields; null if it is not there.</summary>
    private static byte[]? Extra(ReadOnlySpan<byte> extra, ushort id)
    {
        while (extra.Length >= 4)
        {
            var size = UInt16(extra, 2);
            if (size > extra.Length - 4)
                return null;
            if (UInt16(extra, 0) == id)
                return extra.Slice(4, size).ToArray();
            extra = extra[(4 + size)..];
        }
        return null;
    }

    /// <summary>UTF-8 if the flags state it or the bytes are UTF-8; else code page 437, as in the first PCs.</summary>
    private static string NameOf(byte[] name, ushort flags, byte[] extra)
    {
        if (Extra(extra, UnicodePath) is { Length: > 5 } unicode && UInt32(unicode, 1) == Crc32.HashToUInt32(name))
            return Encoding.UTF8.GetString(unicode.AsSpan(5));
        try
        {
            return s_strict.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            const int ibmPc = 437;
            return (flags & 0x800) != 0 ? Encoding.UTF8.GetString(name) : CodePagesEncodingProvider.Instance.GetEncoding(ibmPc)!.GetString(name);
        }
    }

    private static void Skip(PackedInput input, int count)
    {
        for (; count > 0; count--)
            input.NextByte();
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
