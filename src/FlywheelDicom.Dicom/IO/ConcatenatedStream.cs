namespace FlywheelDicom.IO;

/// <summary>One stream after the other. Both are disposed with it.</summary>
internal sealed class ConcatenatedStream(Stream first, Stream second) : ForwardStream
{
    private bool _inSecond;

    public override int Read(Span<byte> buffer)
    {
        if (!_inSecond && first.Read(buffer) is > 0 and var read)
            return read;
        _inSecond |= !buffer.IsEmpty;
        return second.Read(buffer);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            first.Dispose();
            second.Dispose();
        }
        base.Dispose(disposing);
    }
}
