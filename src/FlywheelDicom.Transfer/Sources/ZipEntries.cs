using System.IO.Compression;
using FlywheelDicom.IO;
using SharpCompress.Readers;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// The entries of a zip, opened in place. Those in a method that the platform lacks (bzip2, LZMA, zstd) are spooled one by one.
/// </summary>
internal static class ZipEntries
{
    public static IEnumerable<ArchiveEntry> Read(DicomSource archive)
    {
        var zip = Open(archive);
        var encrypted = 0;
        for (var i = 0; i < zip.Archive.Entries.Count; i++)
        {
            var entry = zip.Archive.Entries[i];
            if (entry.FullName.EndsWith('/') || entry.FullName.EndsWith('\\') || entry.Length == 0)
                continue;
            if (entry.IsEncrypted)
                encrypted++;
            else
                yield return new ArchiveEntry(entry.FullName, zip.SourceOf(entry, archive));
        }
        if (encrypted > 0)
            throw new ArchiveException(DicomProblem.EncryptedArchive, $"{encrypted} of its entries are encrypted. Decrypt the archive first.");
    }

    private static SharedZip Open(DicomSource archive)
    {
        var stream = new ThreadPositionStream(archive);
        try
        {
            var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            _ = zip.Entries.Count;
            return new SharedZip(zip);
        }
        catch (InvalidDataException e)
        {
            stream.Dispose();
            throw new ArchiveException(DicomProblem.BadArchive, $"The zip archive is damaged or cut off: {e.Message}");
        }
    }

    /// <summary>One reading of the central directory that all entries share.</summary>
    private sealed class SharedZip(ZipArchive archive)
    {
        public ZipArchive Archive { get; } = archive;

        public DicomSource SourceOf(ZipArchiveEntry entry, DicomSource whole)
        {
            try
            {
                lock (Archive)
                    entry.Open().Dispose();
                return new ZipEntrySource(this, entry);
            }
            catch (Exception e) when (e is InvalidDataException or NotSupportedException)
            {
                return Spool(entry, whole) ?? new ZipEntrySource(this, entry);
            }
        }

        private static DicomSource? Spool(ZipArchiveEntry entry, DicomSource whole)
        {
            using var stream = whole.Open();
            try
            {
                using var other = SharpCompress.Archives.Zip.ZipArchive.OpenArchive(stream, ReaderOptions.ForExternalStream);
                foreach (var candidate in other.Entries)
                {
                    if (candidate.IsDirectory || candidate.Key != entry.FullName)
                        continue;
                    using var content = candidate.OpenEntryStream();
                    var spool = new SpoolFile(entry.CompressedLength);
                    spool.Fill(content);
                    return spool.Slice(0, spool.Length);
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // A method that this library has not either, or damage: opening it in place will say so.
            }
            return null;
        }
    }

    private sealed class ZipEntrySource(SharedZip zip, ZipArchiveEntry entry) : DicomSource
    {
        public override long Length => entry.Length;

        public override Stream Open()
        {
            // Opening reads the local header with a reader that all entries share; reading the entry afterwards does not.
            lock (zip.Archive)
                return new CheckedStream(entry.Open(), entry.Length, entry.Crc32);
        }
    }

    /// <summary>An entry read once from start to end, with its length and check sum held against what the archive states.</summary>
    private sealed class CheckedStream(Stream inner, long length, uint crc) : ForwardStream
    {
        private Crc32 _crc;
        private long _position;

        public override int Read(Span<byte> buffer)
        {
            // No more than it stated, whatever its deflate stream would go on to give.
            var read = inner.Read(buffer[..(int)Math.Min(buffer.Length, length - _position)]);
            _crc.Append(buffer[..read]);
            _position += read;
            if (_position == length && read > 0 && _crc.Value != crc)
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
    /// it they can be read from many threads at a time.
    /// </summary>
    private sealed class ThreadPositionStream(DicomSource source) : Stream
    {
        private readonly ThreadLocal<Stream> _streams = new(source.Open, trackAllValues: false);
        private readonly long _length = source.Length;

        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => _length;
        public override long Position { get => _streams.Value!.Position; set => _streams.Value!.Position = value; }
        public override int Read(Span<byte> buffer) => _streams.Value!.Read(buffer);
        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override long Seek(long offset, SeekOrigin origin) => _streams.Value!.Seek(offset, origin);
        public override void Flush() { }
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                if (_streams.IsValueCreated)
                    _streams.Value!.Dispose();
                _streams.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
