using System.Buffers;

namespace FlywheelDicom.IO;

/// <summary>
/// A buffer that moves forward over a stream: the next bytes can be looked at before they are taken. Long steps seek, if the stream can.
/// The bytes that are passed are kept, up to a limit, until it has sought.
/// </summary>
internal sealed class ForwardBuffer : IDisposable
{
    private readonly Stream _stream;
    private int _keepLimit;
    private byte[] _buffer;
    private int _start;
    private int _end;
    private byte[] _kept = [];
    private int _keptLength;
    private bool _keeps;

    /// <param name="stream">Read from its current position.</param>
    /// <param name="size">The size of the buffer. It grows if more bytes are looked at.</param>
    public ForwardBuffer(Stream stream, int size = 8192)
    {
        _stream = stream;
        _buffer = ArrayPool<byte>.Shared.Rent(size);
    }

    /// <summary>Bytes that were passed since the start, or since <see cref="Rebase"/>.</summary>
    public long Position { get; private set; }

    /// <summary>The first bytes since <see cref="Rebase"/>.</summary>
    public byte[] Kept => _kept.AsSpan(0, _keptLength).ToArray();

    /// <summary>Keeps no further bytes.</summary>
    public void EndKeeping() => _keeps = false;

    /// <summary>Starts counting again, and keeps the bytes that follow, up to the limit.</summary>
    public void Rebase(int keepLimit)
    {
        Position = 0;
        _keepLimit = keepLimit;
        _keeps = true;
    }

    /// <summary>The next bytes: as many as asked for, or fewer at the end.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (_end - _start < count)
            Fill(count);
        return _buffer.AsSpan(_start, Math.Min(count, _end - _start));
    }

    public bool AtEnd => Peek(1).IsEmpty;

    /// <summary>Passes over bytes. False if the stream ends before.</summary>
    public bool Skip(long count)
    {
        var buffered = (int)Math.Min(count, _end - _start);
        Consume(buffered);
        var rest = count - buffered;
        if (rest == 0)
            return true;
        if (_stream.CanSeek && rest > _buffer.Length)
        {
            _keeps = false;
            if (_stream.Length - _stream.Position < rest)
                return false;
            _stream.Seek(rest, SeekOrigin.Current);
            Position += rest;
            return true;
        }
        while (rest > 0)
        {
            var seen = Peek((int)Math.Min(rest, _buffer.Length)).Length;
            if (seen == 0)
                return false;
            Consume(seen);
            rest -= seen;
        }
        return true;
    }

    /// <summary>Copies the next bytes and passes over them. Returns how many there were.</summary>
    public int Read(Span<byte> target)
    {
        var seen = Peek(Math.Min(target.Length, _buffer.Length));
        seen = seen[..Math.Min(seen.Length, target.Length)];
        seen.CopyTo(target);
        Consume(seen.Length);
        return seen.Length;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        ArrayPool<byte>.Shared.Return(_kept);
        _kept = [];
    }

    private void Consume(int count)
    {
        if (_keeps)
            Keep(_buffer.AsSpan(_start, count));
        _start += count;
        Position += count;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_keptLength + bytes.Length > _keepLimit)
        {
            _keeps = false;
            return;
        }
        if (_keptLength + bytes.Length > _kept.Length)
            GrowKept(Math.Min(_keepLimit, Math.Max(4096, (_keptLength + bytes.Length) * 2)));
        bytes.CopyTo(_kept.AsSpan(_keptLength));
        _keptLength += bytes.Length;
    }

    private void GrowKept(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        _kept.AsSpan(0, _keptLength).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_kept);
        _kept = larger;
    }

    private void GrowWindow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(_start, _end - _start).CopyTo(larger);
        (_end, _start) = (_end - _start, 0);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void Fill(int count)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (count > _buffer.Length)
            GrowWindow(count);
        while (_end < count)
        {
            var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0)
                return;
            _end += read;
        }
    }
}
