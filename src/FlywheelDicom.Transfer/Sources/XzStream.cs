using System.Buffers.Binary;
using System.IO.Hashing;
using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// The content of all streams of an xz file, one after the other, with all checks of the format (The .xz File Format 1.2.1). The library
/// reads one stream only, and no check sums. So it is used for LZMA2 alone.
/// </summary>
internal sealed class XzStream(Stream compressed) : ForwardStream
{
    private const int HeaderSize = 12;
    private static readonly byte[] s_magic = [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0];

    private readonly PackedInput _input = new(compressed);
    private byte[] _flags = [];
    private XzBlock? _block;
    private long _blocks;
    private long _packed;
    private long _unpacked;
    private bool _isStarted;
    private bool _isAtEnd;

    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="EndOfStreamException">It is cut off.</exception>
    /// <exception cref="ArchiveException">It uses what is not supported.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (!_isAtEnd && !buffer.IsEmpty)
        {
            if (_block is null && !NextBlock())
                continue;
            var read = _block!.Read(buffer);
            if (read > 0)
                return read;
            (_blocks, _packed, _unpacked) = (_blocks + 1, _packed + _block.PackedSize, _unpacked + _block.UnpackedSize);
            _block.Dispose();
            _block = null;
        }
        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _block?.Dispose();
            _input.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <summary>False at the end of a stream.</summary>
    private bool NextBlock()
    {
        if (!_isStarted && !Start())
            return false;
        var size = _input.NextByte();
        if (size == 0)
        {
            End();
            return false;
        }
        _block = new XzBlock(_input, size, _flags[1] & 0x0F);
        return true;
    }

    /// <summary>The header of a stream; false at the end of the file.</summary>
    private bool Start()
    {
        var first = _input.ReadByte();
        // Padding of a stream is zeros, a multiple of four.
        var zeros = 0;
        for (; first == 0; first = _input.ReadByte())
            zeros++;
        if (zeros % 4 != 0)
            throw new InvalidDataException("The padding of an xz stream has a wrong length.");
        if (first < 0)
        {
            _isAtEnd = true;
            return false;
        }
        var header = new byte[HeaderSize];
        header[0] = (byte)first;
        _input.ReadExactly(header.AsSpan(1));
        if (!header.AsSpan().StartsWith(s_magic))
            throw new InvalidDataException("Something that is no xz follows what was read.");
        _flags = header[6..8];
        Check(_flags, BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8)));
        if (_flags[0] != 0 || _flags[1] > 0x0F)
            throw new ArchiveException(DicomProblem.UnsupportedArchive, "It is an xz file of a kind that is not supported.");
        (_isStarted, _blocks, _packed, _unpacked) = (true, 0, 0, 0);
        return true;
    }

    /// <summary>Reads the index and the footer of a stream, which state the sizes of its blocks again.</summary>
    private void End()
    {
        var index = new XzIndex(_input);
        var records = index.Number();
        if (records != _blocks)
            throw new InvalidDataException("The index of the xz file does not fit its blocks.");
        for (var i = 0L; i < records; i++)
        {
            _packed -= index.Number();
            _unpacked -= index.Number();
        }
        var size = index.End();
        if (_packed != 0 || _unpacked != 0)
            throw new InvalidDataException("The index of the xz file does not fit its blocks.");
        var sum = _input.NextUInt32();
        var rest = new byte[8];
        _input.ReadExactly(rest);
        Check(rest.AsSpan(0, 6), sum);
        if ((BinaryPrimitives.ReadUInt32LittleEndian(rest) + 1L) * 4 != size || !rest.AsSpan(4, 2).SequenceEqual(_flags) || rest[6] != 'Y' || rest[7] != 'Z')
            throw new InvalidDataException("The end of the xz file is damaged.");
        _isStarted = false;
    }

    private static void Check(ReadOnlySpan<byte> bytes, uint stated)
    {
        if (Crc32.HashToUInt32(bytes) != stated)
            throw new InvalidDataException("The check sum of an xz header is wrong.");
    }

    /// <summary>Reads the index and computes its check sum.</summary>
    private sealed class XzIndex(PackedInput input)
    {
        private readonly Crc32 _crc = Started();
        private readonly byte[] _one = new byte[1];
        private readonly long _start = input.Count - 1;

        public long Number()
        {
            long value = 0;
            for (var shift = 0; shift < 63; shift += 7)
            {
                var one = Next();
                value |= (long)(one & 0x7F) << shift;
                if ((one & 0x80) == 0)
                    return value;
            }
            throw new InvalidDataException("The index of the xz file is damaged.");
        }

        /// <summary>Its size.</summary>
        public long End()
        {
            while ((input.Count - _start) % 4 != 0)
            {
                if (Next() != 0)
                    throw new InvalidDataException("The index of the xz file is damaged.");
            }
            if (input.NextUInt32() != _crc.GetCurrentHashAsUInt32())
                throw new InvalidDataException("The check sum of the xz file's index is wrong.");
            return input.Count - _start;
        }

        private static Crc32 Started()
        {
            var crc = new Crc32();
            // The zero byte that begins the index.
            crc.Append([0]);
            return crc;
        }

        private byte Next()
        {
            _one[0] = input.NextByte();
            _crc.Append(_one);
            return _one[0];
        }
    }
}
