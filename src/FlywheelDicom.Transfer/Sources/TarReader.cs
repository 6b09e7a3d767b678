namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// Reads a tar from its first header to its last byte: Unix version 7, ustar, pax and GNU. A second tar after the first is read too.
/// </summary>
internal sealed class TarReader(Stream tar)
{
    /// <summary>The limit for names and attributes. A header with a larger size is damaged.</summary>
    private const long MaxExtendedHeader = 1 << 20;

    private readonly PaxRecords _global = new();
    private readonly byte[] _block = new byte[TarHeader.Size];
    private long _end;
    private long _contentLeft;
    private string _name = "";

    /// <summary>The position in the archive: after <see cref="Next"/> the first byte of the content.</summary>
    public long Position { get; private set; }

    /// <summary>It ended with blocks of zeros, as a tar should. Otherwise it may have been cut off between two files.</summary>
    public bool HasEnd { get; private set; }

    /// <summary>Bytes that are not a tar follow its end.</summary>
    public bool IsFollowed { get; private set; }

    /// <summary>The next file, link or folder; null at the end, when everything was read.</summary>
    /// <exception cref="InvalidDataException">A header is damaged.</exception>
    /// <exception cref="ArchiveException">It is cut off.</exception>
    public TarMember? Next()
    {
        SkipContent();
        var pax = new PaxRecords();
        string? name = null, link = null;
        var (isExtended, isPax) = (false, false);
        while (ReadHeader())
        {
            var header = new TarHeader(_block);
            switch (header.Type)
            {
                case 'x' or 'X':
                    pax.Add(Extended(header));
                    (isExtended, isPax) = (true, true);
                    continue;
                case 'g':
                    _global.Add(Extended(header));
                    continue;
                case 'L':
                    (name, isExtended) = (TarHeader.Text(Extended(header)), true);
                    continue;
                case 'K':
                    (link, isExtended) = (TarHeader.Text(Extended(header)), true);
                    continue;
                case 'M':
                    throw new ArchiveException(DicomProblem.UnsupportedArchive, "It is one volume of a tar in several volumes, which is not supported. Put them together first.");
            }
            _name = pax["GNU.sparse.name"] ?? pax["path"] ?? name ?? _global["path"] ?? header.Name;
            var size = pax.Size ?? _global.Size ?? header.ContentSize;
            // The size of links and folders means something else.
            if (header.Type is >= '2' and <= '6' || (header.Type == '1' && !isPax))
                size = 0;
            if (size is < 0 or > long.MaxValue / 2)
                throw new InvalidDataException($"The size of '{_name}' is none that a file can have.");
            _contentLeft = size;
            _end = Position + size + Padding(size);
            var map = Map(header.Type, pax);
            return new TarMember(_name, header.Type, pax["linkpath"] ?? link ?? header.LinkName, _contentLeft, map);
        }
        return isExtended ? throw CutOff("before the file that an extended header is about") : null;
    }

    /// <summary>Skips the content of the current file.</summary>
    /// <exception cref="ArchiveException">It is cut off inside it.</exception>
    public void SkipContent()
    {
        if (!Skip(_contentLeft))
            throw CutOff($"inside '{_name}'");
        _contentLeft = 0;
        // If the last padding is incomplete, the end mark is missing too.
        Skip(_end - Position);
        _end = Position;
    }

    private SparseMap? Map(char type, PaxRecords pax)
    {
        if (type == 'S')
        {
            // The blocks with the rest of the map are not included in the size.
            var map = SparseMap.FromHeader(_block, Block, _contentLeft);
            _end = Position + _contentLeft + Padding(_contentLeft);
            return map;
        }
        if (pax["GNU.sparse.major"] == "1")
        {
            var segments = SparseMap.ReadLines(MapBlock);
            return new SparseMap(segments, pax.Number("GNU.sparse.realsize") ?? -1, _contentLeft);
        }
        if (pax.Number("GNU.sparse.size") is not { } length)
            return null;
        return new SparseMap(pax["GNU.sparse.map"] is { } text ? SparseMap.Parse(text) : pax.Segments, length, _contentLeft);
    }

    private byte[] MapBlock()
    {
        _contentLeft -= TarHeader.Size;
        return _contentLeft >= 0 ? Block() : throw new InvalidDataException($"The map of the sparse file '{_name}' is damaged.");
    }

    private byte[] Block()
    {
        var block = new byte[TarHeader.Size];
        if (tar.ReadAtLeast(block, block.Length, throwOnEndOfStream: false) < block.Length)
            throw CutOff($"inside '{_name}'");
        Position += block.Length;
        return block;
    }

    private byte[] Extended(TarHeader header)
    {
        var size = header.ContentSize;
        if (size is < 0 or > MaxExtendedHeader)
            throw new InvalidDataException("An extended header is too large to be one.");
        var content = new byte[size + Padding(size)];
        if (tar.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) < content.Length)
            throw CutOff("inside an extended header");
        Position += content.Length;
        return content[..(int)size];
    }

    /// <summary>False at the end. After blocks of zeros another tar may follow, or other bytes.</summary>
    private bool ReadHeader()
    {
        while (true)
        {
            var read = tar.ReadAtLeast(_block, TarHeader.Size, throwOnEndOfStream: false);
            Position += read;
            if (read == 0)
                return false;
            if (!_block.AsSpan(0, read).ContainsAnyExcept((byte)0))
            {
                HasEnd = true;
                continue;
            }
            if (read == TarHeader.Size && new TarHeader(_block).AddsUp)
            {
                HasEnd = false;
                return true;
            }
            if (HasEnd)
            {
                IsFollowed = true;
                Skip(long.MaxValue);
                return false;
            }
            throw read < TarHeader.Size ? CutOff("inside a header") : new InvalidDataException("The check sum of a header is wrong.");
        }
    }

    /// <summary>False if the tar ends before.</summary>
    private bool Skip(long count)
    {
        if (tar.CanSeek)
        {
            var there = Math.Min(count, tar.Length - Position);
            Position += there;
            tar.Position = Position;
            return there == count;
        }
        if (count == 0)
            return true;
        var buffer = new byte[(int)Math.Min(count, 64 * 1024)];
        while (count > 0)
        {
            var read = tar.Read(buffer, 0, (int)Math.Min(count, buffer.Length));
            if (read == 0)
                return false;
            (count, Position) = (count - read, Position + read);
        }
        return true;
    }

    /// <summary>Zeros that fill up the last block of a content.</summary>
    private static long Padding(long length) => (TarHeader.Size - length % TarHeader.Size) % TarHeader.Size;

    private static ArchiveException CutOff(string where) => new(DicomProblem.BadArchive, $"The tar archive is cut off {where}.");
}
