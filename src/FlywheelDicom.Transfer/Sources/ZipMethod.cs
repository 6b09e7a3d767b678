using System.Buffers.Binary;
using System.IO.Compression;
using SharpCompress.Compressors.Deflate64;
using SharpCompress.Compressors.LZMA;
using SharpCompress.Compressors.PPMd;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The ways in which an entry of a zip may be packed (APPNOTE §4.4.5).</summary>
internal static class ZipMethod
{
    public const ushort Stored = 0;
    private const ushort Deflate = 8;
    private const ushort Deflate64 = 9;
    private const ushort Bzip2 = 12;
    private const ushort Lzma = 14;
    private const ushort OldZstandard = 20;
    private const ushort Zstandard = 93;
    private const ushort Xz = 95;
    private const ushort Ppmd = 98;

    public static bool IsSupported(ushort method)
        => method is Stored or Deflate or Deflate64 or Bzip2 or Lzma or OldZstandard or Zstandard or Xz or Ppmd;

    /// <summary>The name of a method, for messages.</summary>
    public static string NameOf(ushort method) => method switch
    {
        1 => "shrink",
        >= 2 and <= 5 => "reduce",
        6 => "implode",
        10 => "IBM TERSE (old)",
        16 => "IBM z/OS CMPSC",
        18 => "IBM TERSE",
        19 => "IBM LZ77",
        94 => "MP3",
        96 => "JPEG",
        97 => "WavPack",
        _ => $"unknown method {method}",
    };

    /// <summary>The content of an entry. The packed bytes are disposed with it.</summary>
    public static Stream Open(Stream packed, ZipItem item) => item.Method switch
    {
        Stored => packed,
        Deflate => new DeflateStream(packed, CompressionMode.Decompress),
        Xz => new XzStream(packed),
        OldZstandard or Zstandard => new UnpackedStream(packed, Decompression.Zstandard),
        Bzip2 => new UnpackedStream(new PackedInput(packed), Decompression.Bzip2),
        Deflate64 => new UnpackedStream(new PackedInput(packed), p => new Deflate64Stream(p, SharpCompress.Compressors.CompressionMode.Decompress)),
        Lzma => new UnpackedStream(new PackedInput(packed), p => OpenLzma(p, item)),
        Ppmd => new UnpackedStream(new PackedInput(packed), OpenPpmd),
        _ => throw new ArgumentOutOfRangeException(nameof(item)),
    };

    /// <summary>Before the data there are a version, and the settings with the size of the dictionary (APPNOTE §5.8.8).</summary>
    private static LzmaStream OpenLzma(Stream packed, ZipItem item)
    {
        Span<byte> head = stackalloc byte[9];
        packed.ReadExactly(head);
        var properties = head[4..].ToArray();
        if (BinaryPrimitives.ReadUInt16LittleEndian(head[2..]) != properties.Length)
            throw new InvalidDataException("The settings of its LZMA data are damaged.");
        var dictionary = BinaryPrimitives.ReadUInt32LittleEndian(properties.AsSpan(1));
        LzmaDictionary.Check(dictionary);
        // The dictionary need not be larger than the content. To allocate a large one for each small image takes time.
        BinaryPrimitives.WriteUInt32LittleEndian(properties.AsSpan(1), (uint)Math.Min(dictionary, Math.Max(item.Length, 4096)));
        return LzmaStream.Create(properties, packed, item.PackedLength - head.Length, item.Length, true);
    }

    private static PpmdStream OpenPpmd(Stream packed)
    {
        var properties = new byte[2];
        packed.ReadExactly(properties);
        return PpmdStream.Create(new PpmdProperties(properties), packed, false);
    }
}
