using System.Collections.Concurrent;
using System.IO.Compression;
using System.IO.Hashing;
using FlywheelDicom.IO;
using SharpCompress.Readers;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// The entries of a zip, opened in place. Those in a method that the platform lacks (bzip2, LZMA, zstd) are spooled one by one.
/// </summary>
internal static class ZipEntries
{
    public static IEnumerable<ArchiveEntry> Read(DicomSource archive, SpoolSpace space)
    {
        var zip = Open(archive, space);
        var encrypted = 0;
        for (var i = 0; i < zip.Archive.Entries.Count; i++)
        {
            var entry = zip.Archive.Entries[i];
            if (entry.FullName.EndsWith('/') || entry.FullName.EndsWith('\\') || entry.Length == 0)
                continue;
            if (entry.IsEncrypted)
                encrypted++;
            else if (zip.CanOpen(entry))
                yield return new ArchiveEntry(entry.FullName, zip.SourceOf(entry));
            else
            {
                var spool = zip.Spool(entry);
                yield return new ArchiveEntry(entry.FullName, spool is { Length: > 0 } ? spool.Slice(0, spool.Length) : zip.SourceOf(entry));
                spool?.EndFilling();
            }
        }
        if (encrypted > 0)
            throw new ArchiveException(DicomProblem.EncryptedArchive, $"{encrypted} of its entries are encrypted. Decrypt the archive first.");
    }

    private static SharedZip Open(DicomSource archive, SpoolSpace space)
    {
        var stream = new ThreadPositionStream(archive);
        try
        {
            var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            // A length that is stated is also the most that is read of an entry.
            space.Weigh(Total(zip.Entries), archive.Length);
            return new SharedZip(zip, archive, space);
        }
        catch (InvalidDataException e)
        {
            stream.Dispose();
            throw new ArchiveException(DicomProblem.BadArchive, $"The zip archive is damaged, cut off or not to be trusted: {e.Message}");
        }
    }

    private static long Total(IEnumerable<ZipArchiveEntry> entries)
    {
        long total = 0;
        foreach (var entry in entries)
            total = Math.Max(0, entry.Length) > long.MaxValue - total ? long.MaxValue : total + Math.Max(0, entry.Length);
        return total;
    }

    /// <summary>One reading of the central directory that all entries share.</summary>
    private sealed class SharedZip(ZipArchive archive, DicomSource whole, SpoolSpace space)
    {
        public ZipArchive Archive { get; } = archive;
        public DicomSource Whole { get; } = whole;

        public ZipEntrySource SourceOf(ZipArchiveEntry entry) => new(this, entry);

        /// <summary>False for a method that the platform lacks, and for damage.</summary>
        public bool CanOpen(ZipArchiveEntry entry)
        {
            try
            {
                lock (Archive)
                    entry.Open().Dispose();
                return true;
            }
            catch (Exception e) when (e is InvalidDataException or NotSupportedException)
            {
                return false;
            }
        }

        public SpoolFile? Spool(ZipArchiveEntry entry)
        {
            var spool = new SpoolFile(space, entry.CompressedLength, again => Unpack(entry, again));
            try
            {
                Unpack(entry, spool);
                return spool;
            }
            catch (Exception)
            {
                // A method that this library has not either, or damage: opening it in place will say so.
                spool.EndFilling();
                return null;
            }
        }

        private void Unpack(ZipArchiveEntry entry, SpoolFile spool)
        {
            using var stream = Whole.Open();
            ZipDictionary.Check(stream, Archive.Entries.IndexOf(entry));
            stream.Position = 0;
            using var other = SharpCompress.Archives.Zip.ZipArchive.OpenArchive(stream, ReaderOptions.ForExternalStream);
            if (other.Entries.FirstOrDefault(e => !e.IsDirectory && e.Key == entry.FullName) is not { } found)
                return;
            using var content = found.OpenEntryStream();
            spool.Fill(content);
        }
    }

    private sealed class ZipEntrySource(SharedZip zip, ZipArchiveEntry entry) : DicomSource
    {
        public override long Length => entry.Length;
        public override void Retain() => zip.Whole.Retain();
        public override void Claim() => zip.Whole.Claim();
        public override void Release() => zip.Whole.Release();

        public override Stream Open()
        {
            // Opening reads the local header with a reader that all entries share; reading the entry afterwards does not.
            lock (zip.Archive)
            {
                var packed = entry.Open();
                var isPacked = entry.CompressedLength < entry.Length;
                return new CheckedStream(isPacked && entry.Length >= ReadAheadStream.WorthIt ? new ReadAheadStream(packed) : packed, entry.Length, entry.Crc32);
            }
        }
    }

    /// <summary>An entry read once from start to end, with its length and check sum held against what the archive states.</summary>
    private sealed class CheckedStream(Stream inner, long length, uint crc) : ForwardStream
    {
        private readonly Crc32 _crc = new();
        private long _position;

        public override int Read(Span<byte> buffer)
        {
            // No more than it stated, whatever its deflate stream would go on to give.
            var read = inner.Read(buffer[..(int)Math.Min(buffer.Length, length - _position)]);
            _crc.Append(buffer[..read]);
            _position += read;
            if (_position == length && read > 0 && _crc.GetCurrentHashAsUInt32() != crc)
                throw new InvalidDataException("The archive entry is damaged: its check sum is wrong.");
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>
    /// A seekable stream with a place for each thread. ZipArchive's entries seek to their own place before each read, so with
    /// it they can be read from many threads at a time; so many streams are open as were reading at once.
    /// </summary>
    private sealed class ThreadPositionStream(DicomSource source) : Stream
    {
        private readonly ThreadLocal<long> _position = new();
        private readonly ConcurrentBag<Stream> _idle = [];
        private readonly long _length = source.Length;

        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => _length;
        public override long Position { get => _position.Value; set => _position.Value = value; }

        public override int Read(Span<byte> buffer)
        {
            if (!_idle.TryTake(out var stream))
                stream = source.Open();
            stream.Position = _position.Value;
            var read = stream.Read(buffer);
            _position.Value += read;
            _idle.Add(stream);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        // Not handed to another thread, which would be at another place.
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer.AsSpan(offset, count)));

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => _length + offset,
        };

        public override void Flush() { }
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                foreach (var stream in _idle)
                    stream.Dispose();
                _position.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
