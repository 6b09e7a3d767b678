using System.Buffers.Binary;
using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>Compressed bytes. They are read in large pieces, and those that were taken are counted.</summary>
internal sealed class PackedInput(Stream inner) : ForwardStream
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _at;
    private int _filled;

    public long Count { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        if (_at == _filled && !Fill())
            return 0;
        var count = Math.Min(buffer.Length, _filled - _at);
        _buffer.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        Count += count;
        return count;
    }

    public override int ReadByte()
    {
        if (_at == _filled && !Fill())
            return -1;
        Count++;
        return _buffer[_at++];
    }

    /// <summary>The next byte without taking it; -1 at the end.</summary>
    public int PeekByte() => _at == _filled && !Fill() ? -1 : _buffer[_at];

    /// <exception cref="EndOfStreamException">It ends before.</exception>
    public byte NextByte() => ReadByte() is >= 0 and var one ? (byte)one : throw new EndOfStreamException("It ends too early.");

    /// <exception cref="EndOfStreamException">It ends before.</exception>
    public uint NextUInt32()
    {
        Span<byte> bytes = stackalloc byte[4];
        ReadExactly(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private bool Fill()
    {
        (_at, _filled) = (0, inner.Read(_buffer));
        return _filled > 0;
    }
}
