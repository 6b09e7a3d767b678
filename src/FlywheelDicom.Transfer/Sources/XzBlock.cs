using System.Buffers.Binary;
using System.IO.Hashing;
using SharpCompress.Compressors.LZMA;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>One block of an xz stream: LZMA2, and a check of its content (The .xz File Format §3).</summary>
internal sealed class XzBlock : IDisposable
{
    private const byte Lzma2 = 0x21;

    private readonly PackedInput _input;
    private readonly XzCheck _check;
    private readonly UnpackedStream _content;
    private readonly long _start;
    private readonly long? _statedPacked;
    private readonly long? _statedUnpacked;
    private readonly long _contentStart;

    /// <param name="input">After the first byte of the header of the block.</param>
    /// <param name="size">That byte.</param>
    /// <param name="check">The kind of check, from the header of the stream.</param>
    public XzBlock(PackedInput input, byte size, int check)
    {
        (_input, _start, _check) = (input, input.Count - 1, new XzCheck(check));
        var header = new byte[(size + 1) * 4];
        header[0] = size;
        input.ReadExactly(header.AsSpan(1));
        if (Crc32.HashToUInt32(header.AsSpan(0, header.Length - 4)) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(header.Length - 4)))
            throw new InvalidDataException("The check sum of an xz block's header is wrong.");
        var at = 2;
        if ((header[1] & 0x40) != 0)
            _statedPacked = Number(header, ref at);
        if ((header[1] & 0x80) != 0)
            _statedUnpacked = Number(header, ref at);
        var filter = Number(header, ref at);
        if ((header[1] & 3) != 0 || filter != Lzma2 || Number(header, ref at) != 1)
            throw new ArchiveException(DicomProblem.UnsupportedArchive, "It is an xz file with a filter other than LZMA2, which is not supported.");
        var dictionary = header[at];
        LzmaDictionary.Check(dictionary > 40 ? long.MaxValue : dictionary == 40 ? uint.MaxValue : (2L | (dictionary & 1)) << (dictionary / 2 + 11));
        _contentStart = input.Count;
        _content = new UnpackedStream(new Lzma2Chunks(input), chunks => LzmaStream.Create([dictionary], chunks, -1, -1, null, true, true));
    }

    /// <summary>Its size from header to check, without padding. The index states it too.</summary>
    public long PackedSize { get; private set; }

    public long UnpackedSize { get; private set; }

    /// <summary>Zero at the end, after all checks.</summary>
    public int Read(Span<byte> buffer)
    {
        var read = _content.Read(buffer);
        UnpackedSize += read;
        _check.Append(buffer[..read]);
        if (read == 0)
            End();
        return read;
    }

    public void Dispose() => _content.Dispose();

    private void End()
    {
        var packed = _input.Count - _contentStart;
        if ((_statedPacked ?? packed) != packed || (_statedUnpacked ?? UnpackedSize) != UnpackedSize)
            throw new InvalidDataException("An xz block has another size than it states.");
        PackedSize = _input.Count - _start + _check.Size;
        for (var i = packed; i % 4 != 0; i++)
        {
            if (_input.NextByte() != 0)
                throw new InvalidDataException("The padding of an xz block is damaged.");
        }
        var stated = new byte[_check.Size];
        _input.ReadExactly(stated);
        if (!_check.Is(stated))
            throw new InvalidDataException("The check sum of the xz data is wrong.");
    }

    private static long Number(byte[] header, ref int at)
    {
        long value = 0;
        for (var shift = 0; shift < 63 && at < header.Length - 4; shift += 7)
        {
            var one = header[at++];
            value |= (long)(one & 0x7F) << shift;
            if ((one & 0x80) == 0)
                return value;
        }
        throw new InvalidDataException("The header of an xz block is damaged.");
    }
}
