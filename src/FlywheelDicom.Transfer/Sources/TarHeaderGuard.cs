namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// Looks at each header before the platform's reader acts on it: that does not check its sum, takes the size of an extended header
/// (a long name, pax attributes) at its word, and asks for as much memory.
/// </summary>
internal sealed class TarHeaderGuard(Stream inner) : Stream
{
    private const long MaxExtendedHeader = 1 << 20;

    private long _extendedLeft;

    /// <summary>Set while content is read, of which a piece may be as large as a header.</summary>
    public bool IsInContent { get; set; }

    public override bool CanRead => true;
    public override bool CanSeek => inner.CanSeek;
    public override bool CanWrite => false;
    public override long Length => inner.Length;
    public override long Position { get => inner.Position; set => inner.Position = value; }

    /// <exception cref="InvalidDataException">A header is damaged, or an extended header larger than any name.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_extendedLeft > 0)
        {
            var part = inner.Read(buffer);
            _extendedLeft -= part;
            return part;
        }
        if (IsInContent || buffer.Length != TarHeader.Size)
            return inner.Read(buffer);
        var read = inner.ReadAtLeast(buffer, TarHeader.Size, throwOnEndOfStream: false);
        if (read == TarHeader.Size && buffer.ContainsAnyExcept((byte)0))
            Check(buffer);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);
    public override void Flush() { }
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Check(ReadOnlySpan<byte> header)
    {
        if (!TarHeader.AddsUp(header))
            throw new InvalidDataException("The check sum of a header is wrong.");
        if (!TarHeader.IsExtended(header))
            return;
        _extendedLeft = TarHeader.ContentSize(header);
        if (_extendedLeft > MaxExtendedHeader)
            throw new InvalidDataException("An extended header is too large to be one.");
    }
}
