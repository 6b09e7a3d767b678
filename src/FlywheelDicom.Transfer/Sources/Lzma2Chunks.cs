using System.Buffers.Binary;
using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The chunks of one LZMA2 stream, and no byte after them: the decompressor may read ahead.</summary>
internal sealed class Lzma2Chunks(PackedInput input) : ForwardStream
{
    private readonly byte[] _header = new byte[6];
    private int _headerAt;
    private int _headerSize;
    private int _left;
    private bool _isAtEnd;

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || (_headerAt == _headerSize && _left == 0 && !Next()))
            return 0;
        if (_headerAt < _headerSize)
        {
            var copied = Math.Min(buffer.Length, _headerSize - _headerAt);
            _header.AsSpan(_headerAt, copied).CopyTo(buffer);
            _headerAt += copied;
            return copied;
        }
        var read = input.Read(buffer[..Math.Min(buffer.Length, _left)]);
        _left -= read;
        return read;
    }

    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 1 ? one[0] : -1;
    }

    private bool Next()
    {
        if (_isAtEnd)
            return false;
        var control = input.NextByte();
        _header[0] = control;
        (_headerAt, _headerSize) = (0, control switch { 0 => 1, < 0x80 => 3, < 0xC0 => 5, _ => 6 });
        input.ReadExactly(_header.AsSpan(1, _headerSize - 1));
        // Packed data begin with a zero, which is in no check sum.
        if (control >= 0x80 && input.PeekByte() != 0)
            throw new InvalidDataException("The LZMA2 data are damaged.");
        _isAtEnd = control == 0;
        // Stored chunks state the size of their content. Packed chunks state the size of the content, and then that of the packed bytes.
        _left = control == 0 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(control < 0x80 ? 1 : 3)) + 1;
        return true;
    }
}
