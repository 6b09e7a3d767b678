using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>A sparse file: its stored parts, and zeros between them.</summary>
internal sealed class SparseSource(DicomSource stored, SparseMap map) : DicomSource
{
    public override long Length => map.Length;
    public override void Retain() => stored.Retain();
    public override void Claim() => stored.Claim();
    public override void Release() => stored.Release();
    public override Stream Open() => new SparseStream(stored.Open(), map);

    private sealed class SparseStream(Stream stored, SparseMap map) : SeekableStream(map.Length)
    {
        protected override int ReadAt(long position, Span<byte> buffer)
        {
            var (count, place) = map.At(position);
            buffer = buffer[..(int)Math.Min(buffer.Length, count)];
            if (place < 0)
                buffer.Clear();
            else
            {
                stored.Position = place;
                stored.ReadExactly(buffer);
            }
            return buffer.Length;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                stored.Dispose();
            base.Dispose(disposing);
        }
    }
}
