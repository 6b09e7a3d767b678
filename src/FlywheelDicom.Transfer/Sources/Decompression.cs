using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.ZStandard;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The content of a compressed file as a stream. When it was read to its end, all check sums of the file were compared.</summary>
internal static class Decompression
{
    /// <exception cref="InvalidDataException">Its first bytes are damaged.</exception>
    public static Stream Open(Stream compressed, ContentKind kind) => kind switch
    {
        ContentKind.Gzip => new GzipMembers(compressed),
        ContentKind.Bzip2 => new UnpackedStream(new PackedInput(compressed), Bzip2),
        ContentKind.Xz => new XzStream(compressed),
        ContentKind.Zstandard => new UnpackedStream(compressed, Zstandard),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>All of the streams in it, one after the other.</summary>
    public static Stream Bzip2(Stream compressed) => BZip2Stream.Create(compressed, SharpCompress.Compressors.CompressionMode.Decompress, true, true, false);

    /// <summary>All frames, one after the other. Skippable frames are skipped (RFC 8878 §3.1.2).</summary>
    public static Stream Zstandard(Stream compressed) => new DecompressionStream(compressed, 0, true, true);
}
