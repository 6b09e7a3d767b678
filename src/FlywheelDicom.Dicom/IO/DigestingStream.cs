using System.Security.Cryptography;

namespace FlywheelDicom.IO;

/// <summary>Computes the digest of what is read through it.</summary>
internal sealed class DigestingStream(Stream inner, IncrementalHash hash) : ForwardStream
{
    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        hash.AppendData(buffer[..read]);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
