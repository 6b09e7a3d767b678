namespace FlywheelDicom.IO;

/// <summary>A stream of known length that is read at any place.</summary>
internal abstract class SeekableStream(long length) : ReadOnlyStream
{
    private long _position;

    public sealed override bool CanSeek => true;
    public sealed override long Length => length;

    /// <summary>Where the next byte is read.</summary>
    /// <exception cref="IOException">It is set to a place before the start.</exception>
    public sealed override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new IOException("A place before the start was sought.");
    }

    public sealed override int Read(Span<byte> buffer)
    {
        var count = (int)Math.Clamp(length - _position, 0, buffer.Length);
        if (count == 0)
            return 0;
        var read = ReadAt(_position, buffer[..count]);
        _position += read;
        return read;
    }

    public sealed override long Seek(long offset, SeekOrigin origin)
        => Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _position + offset, _ => length + offset };

    /// <summary>Reads at a place: as much as is wanted, or less.</summary>
    /// <param name="position">A place before the end.</param>
    /// <param name="buffer">Not empty, and never longer than what there is from this place on.</param>
    protected abstract int ReadAt(long position, Span<byte> buffer);
}
