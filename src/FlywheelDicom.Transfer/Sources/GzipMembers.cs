using System.IO.Compression;
using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// What all members of a gzip file hold, one after the other (RFC 1952 §2.2), with their check sums held against it. The platform's
/// stream is silent where the last member is cut off; this one is not.
/// </summary>
internal sealed class GzipMembers : ForwardStream
{
    private readonly PackedBytes _packed;
    private readonly GZipStream _members;

    public GzipMembers(Stream compressed)
    {
        _packed = new PackedBytes(compressed);
        _members = new GZipStream(_packed, CompressionMode.Decompress);
    }

    /// <exception cref="InvalidDataException">It is damaged or cut off.</exception>
    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = _members.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException("The gzip check sum or structure is wrong.", e);
        }
        if (read == 0 && !buffer.IsEmpty)
        {
            if (_packed.IsAskedForMore)
                throw new InvalidDataException("The gzip file ends before its check sum.");
            _packed.CheckRest();
        }
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _members.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>
    /// The file, and one byte more that begins no member: a whole file is done when it comes, one that is cut off takes it for its own
    /// and asks for the next.
    /// </summary>
    private sealed class PackedBytes(Stream compressed) : ForwardStream
    {
        private bool _isAtEnd;

        public bool IsAskedForMore { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            if (!_isAtEnd)
            {
                if (compressed.Read(buffer) is > 0 and var read)
                    return read;
                if (buffer.IsEmpty)
                    return 0;
                _isAtEnd = true;
                buffer[0] = 0;
                return 1;
            }
            IsAskedForMore = true;
            return 0;
        }

        /// <summary>Zeros may fill up the last block of a tape. Anything else was meant to be read.</summary>
        public void CheckRest()
        {
            if (_isAtEnd)
                return;
            _isAtEnd = true;
            var rest = new byte[16 * 1024];
            while (compressed.Read(rest) is > 0 and var read)
            {
                if (rest.AsSpan(0, read).ContainsAnyExcept((byte)0))
                    throw new InvalidDataException("Something that is no gzip follows what was read.");
            }
        }
    }
}
