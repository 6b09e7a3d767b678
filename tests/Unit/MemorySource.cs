using FlywheelDicom.IO;

namespace FlywheelDicom.Unit;

/// <summary>Bytes in memory as a source; with <paramref name="canSeek"/> false, as an entry of a zip is one.</summary>
internal sealed class MemorySource(byte[] bytes, bool canSeek = true) : DicomSource
{
    public override long Length => bytes.Length;

    public override Stream Open() => canSeek ? new MemoryStream(bytes, writable: false) : new OneWay(new MemoryStream(bytes, writable: false));

    public static DicomFile? Read(byte[] bytes, bool canSeek = true)
        => DicomFile.Read(new MemorySource(bytes, canSeek), "memory", new DicomOrigin { FileName = "memory" });

    private sealed class OneWay(MemoryStream inner) : ForwardStream
    {
        // In small pieces, as decompressors give them.
        public override int Read(Span<byte> buffer) => inner.Read(buffer[..Math.Min(buffer.Length, 1000)]);
    }
}

internal static class StreamReading
{
    public static byte[] ReadAll(this Stream stream)
    {
        using (stream)
        {
            var copy = new MemoryStream();
            stream.CopyTo(copy);
            return copy.ToArray();
        }
    }
}
