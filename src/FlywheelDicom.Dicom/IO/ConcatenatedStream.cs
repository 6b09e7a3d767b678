namespace FlywheelDicom.IO;

/// <summary>One stream after the other; it owns both.</summary>
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

/// <summary>The first bytes of a stream; it owns it.</summary>
internal sealed class LimitedStream(Stream source, long length) : ForwardStream
{
    private long _left = length;

    public override int Read(Span<byte> buffer)
    {
        var read = source.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        _left -= read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }
}
