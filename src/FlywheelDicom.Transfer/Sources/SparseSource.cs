using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>A sparse file: its stored parts at their places, zeros between them.</summary>
internal sealed class SparseSource(DicomSource stored, SparseMap map) : DicomSource
{
    public override long Length => map.Length;
    public override void Retain() => stored.Retain();
    public override void Claim() => stored.Claim();
    public override void Release() => stored.Release();
    public override Stream Open() => new SparseStream(stored.Open(), map);

    private sealed class SparseStream(Stream stored, SparseMap map) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => map.Length;
        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            if (Position >= map.Length || buffer.IsEmpty)
                return 0;
            var (count, place) = map.At(Position);
            buffer = buffer[..(int)Math.Min(buffer.Length, count)];
            if (place < 0)
                buffer.Clear();
            else
            {
                stored.Position = place;
                stored.ReadExactly(buffer);
            }
            Position += buffer.Length;
            return buffer.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin)
        {
            var target = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => Position + offset, _ => map.Length + offset };
            return Position = target >= 0 ? target : throw new IOException("A place before the start was sought.");
        }

        public override void Flush() { }
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                stored.Dispose();
            base.Dispose(disposing);
        }
    }
}
