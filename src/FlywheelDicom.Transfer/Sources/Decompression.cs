using System.IO.Compression;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.Xz;
using SharpCompress.Compressors.ZStandard;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The stream inside a compressed file.</summary>
internal static class Decompression
{
    public static Stream Open(Stream compressed, ContentKind kind) => kind switch
    {
        ContentKind.Gzip => new GZipStream(compressed, CompressionMode.Decompress),
        ContentKind.Bzip2 => BZip2Stream.Create(compressed, SharpCompress.Compressors.CompressionMode.Decompress, true, false, false),
        ContentKind.Xz => new XZStream(compressed),
        ContentKind.Zstandard => new DecompressionStream(compressed, 0, true, false),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
