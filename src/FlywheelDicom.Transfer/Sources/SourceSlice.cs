using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>Part of another source that can seek, such as an entry of a plain tar: opened in place.</summary>
internal sealed class SourceSlice(DicomSource whole, long offset, long length) : DicomSource
{
    public override long Length => length;
    public override void Verify() => whole.Verify();
    public override void Retain() => whole.Retain();
    public override void Claim() => whole.Claim();
    public override void Release() => whole.Release();

    public override Stream Open()
    {
        var stream = whole.Open();
        stream.Seek(offset, SeekOrigin.Begin);
        return new SliceStream(stream, offset, length);
    }

    private sealed class SliceStream(Stream inner, long offset, long length) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => length;
        public override long Position { get => inner.Position - offset; set => inner.Position = offset + value; }

        public override int Read(Span<byte> buffer)
        {
            var left = Math.Max(0, length - Position);
            return inner.Read(buffer[..(int)Math.Min(buffer.Length, left)]);
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override long Seek(long target, SeekOrigin origin)
            => origin switch
            {
                SeekOrigin.Begin => inner.Seek(offset + target, SeekOrigin.Begin),
                SeekOrigin.Current => inner.Seek(target, SeekOrigin.Current),
                _ => inner.Seek(offset + length + target, SeekOrigin.Begin),
            } - offset;

        public override void Flush() { }
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
