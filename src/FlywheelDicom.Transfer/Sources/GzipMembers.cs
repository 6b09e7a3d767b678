using System.IO.Compression;
using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// The content of all members of a gzip file, one after the other (RFC 1952 §2.2), with their check sums compared. The stream of the platform
/// reports no error if the last member is cut off. This one does.
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
    /// The bytes of the file, and one zero more, which is the start of no member. For a complete file the decompressor has finished by then; for
    /// one that is cut off, it reads that zero and asks for more. The zeros at the end of the file, which may be padding, are given one by
    /// one: if the decompressor has finished before the first of them, it has left other bytes unread.
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

        /// <summary>Zeros may fill up the last block of a tape. Anything else should have been read, such as another member that is damaged.</summary>
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

        /// <summary>Reads the next bytes. The zeros at their end are only counted.</summary>
        private void Fill()
        {
            var read = compressed.Read(_chunk);
            (_at, _filled) = (0, _chunk.AsSpan(0, read).LastIndexOfAnyExcept((byte)0) + 1);
            (_zerosBefore, _zerosBehind) = _filled == 0 ? (_zerosBefore + _zerosBehind + read, 0) : (_zerosBefore + _zerosBehind, read - _filled);
            _isAtEnd = read == 0;
        }
    }
}
