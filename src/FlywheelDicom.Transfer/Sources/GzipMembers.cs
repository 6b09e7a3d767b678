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
    /// and asks for the next. The zeros at the end of the file, which may be padding, come one by one: what is done before the first of
    /// them has left something unread that is no padding.
    /// </summary>
    private sealed class PackedBytes(Stream compressed) : ForwardStream
    {
        private readonly byte[] _chunk = new byte[32 * 1024];
        private int _at;
        private int _filled;
        private long _zerosBefore;
        private int _zerosBehind;
        private bool _isAtEnd;
        private bool _isDone;

        public bool IsAskedForMore { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            if (buffer.IsEmpty)
                return 0;
            while (!_isAtEnd && _at == _filled)
                Fill();
            if (_isAtEnd)
                return ReadEnd(buffer);
            if (_zerosBefore > 0)
            {
                var zeros = (int)Math.Min(buffer.Length, _zerosBefore);
                buffer[..zeros].Clear();
                _zerosBefore -= zeros;
                return zeros;
            }
            var count = Math.Min(buffer.Length, _filled - _at);
            _chunk.AsSpan(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }

        /// <summary>Zeros may fill up the last block of a tape. Anything else was meant to be read: another member, say, that is damaged.</summary>
        public void CheckRest()
        {
            if (!_isAtEnd)
                throw new InvalidDataException("Something that is no gzip follows what was read.");
        }

        private int ReadEnd(Span<byte> buffer)
        {
            if (_isDone)
            {
                IsAskedForMore = true;
                return 0;
            }
            _isDone = _zerosBefore-- <= 0;
            buffer[0] = 0;
            return 1;
        }

        /// <summary>The next bytes, without the zeros at their end, which are counted.</summary>
        private void Fill()
        {
            var read = compressed.Read(_chunk);
            (_at, _filled) = (0, _chunk.AsSpan(0, read).LastIndexOfAnyExcept((byte)0) + 1);
            (_zerosBefore, _zerosBehind) = _filled == 0 ? (_zerosBefore + _zerosBehind + read, 0) : (_zerosBefore + _zerosBehind, read - _filled);
            _isAtEnd = read == 0;
        }
    }
}
