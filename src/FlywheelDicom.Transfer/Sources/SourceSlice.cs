using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>A part of another source that can seek, such as an entry of an uncompressed tar. It is read in place.</summary>
internal sealed class SourceSlice(DicomSource whole, long offset, long length) : DicomSource
{
    public override long Length => length;
    public override void Verify() => whole.Verify();
    public override void Retain() => whole.Retain();
    public override void Claim() => whole.Claim();
    public override void Release() => whole.Release();

    public override Stream Open() => new Slice(whole.Open(), offset, length);

    private sealed class Slice(Stream inner, long offset, long length) : SeekableStream(length)
    {
        protected override int ReadAt(long position, Span<byte> buffer)
        {
            inner.Position = offset + position;
            return inner.Read(buffer);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
