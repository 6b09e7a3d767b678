using System.Collections.Concurrent;
using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>An archive from which many entries are read. It opens as many streams as entries are read at once, and uses them again.</summary>
internal sealed class SharedFile(DicomSource source)
{
    private readonly ConcurrentBag<Stream> _idle = [];

    public DicomSource Source => source;

    /// <summary>A part of it, read once from start to end. Its stream goes back when it is disposed.</summary>
    /// <exception cref="DicomSourceChangedException">The archive was changed after its entries were listed.</exception>
    public Part OpenPart()
    {
        if (!_idle.TryTake(out var stream))
            return new Part(this, source.Open());
        try
        {
            source.Verify();
            return new Part(this, stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    internal sealed class Part(SharedFile file, Stream stream) : ForwardStream
    {
        private Stream? _stream = stream;
        private long _left;

        /// <summary>Reads bytes at a position; false if the file ends before.</summary>
        public bool TryRead(long place, Span<byte> target)
        {
            if (place < 0 || place > file.Source.Length - target.Length)
                return false;
            _stream!.Position = place;
            return _stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) == target.Length;
        }

        /// <summary>Sets what is read from now on.</summary>
        public void Begin(long place, long length)
        {
            _stream!.Position = place;
            _left = length;
        }

        public override int Read(Span<byte> buffer)
        {
            ObjectDisposedException.ThrowIf(_stream is null, this);
            var read = _stream.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
            _left -= read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && Interlocked.Exchange(ref _stream, null) is { } open)
                file._idle.Add(open);
            base.Dispose(disposing);
        }
    }
}
