using System.Buffers;
using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// Unpacks on another thread, up to a megabyte ahead of its reader. The thread is started only after the first 64 KiB, so that reading
/// a header alone needs none.
/// </summary>
internal sealed class ReadAheadStream(Stream inner) : ForwardStream
{
    /// <summary>The smallest entry for which a thread is used.</summary>
    public const int WorthIt = 256 * 1024;

    private const int Direct = 64 * 1024;
    private const int PieceSize = 256 * 1024;
    private const int MaxAhead = 4;

    /// <summary>What is unpacked and not read yet. It is also the lock for everything that the two threads share.</summary>
    private readonly Queue<Piece> _ahead = new();
    private bool _isUnpacking;
    private bool _isStopped;
    private Exception? _failure;
    private Piece _current;
    private int _used;
    private long _read;

    public override int Read(Span<byte> buffer)
    {
        if (_read < Direct)
        {
            var direct = inner.Read(buffer);
            _read += direct;
            if (_read >= Direct)
                Start();
            return direct;
        }
        if (_used == _current.Length && !Next())
            return 0;
        var count = Math.Min(buffer.Length, _current.Length - _used);
        _current.Bytes.AsSpan(_used, count).CopyTo(buffer);
        _used += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_ahead)
            {
                _isStopped = true;
                Monitor.PulseAll(_ahead);
                while (_isUnpacking)
                    Monitor.Wait(_ahead);
            }
            Release();
            while (_ahead.TryDequeue(out var piece))
                ArrayPool<byte>.Shared.Return(piece.Bytes);
            inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Start()
    {
        _isUnpacking = true;
        UnpackingThreads.Run(Unpack);
    }

    /// <summary>CopyTo is used, because the decompressors of the platform read larger pieces there, which is faster.</summary>
    private void Unpack()
    {
        Exception? failure = null;
        try
        {
            inner.CopyTo(new Sink(this), PieceSize);
        }
        catch (Exception e)
        {
            failure = e;
        }
        lock (_ahead)
        {
            _failure = failure;
            _isUnpacking = false;
            Monitor.PulseAll(_ahead);
        }
    }

    private bool Next()
    {
        Release();
        lock (_ahead)
        {
            while (_ahead.Count == 0 && _isUnpacking)
                Monitor.Wait(_ahead);
            if (_ahead.TryDequeue(out _current))
            {
                Monitor.PulseAll(_ahead);
                return true;
            }
        }
        if (_failure is { } failure)
            throw failure is IOException or InvalidDataException ? failure : new InvalidDataException(failure.Message, failure);
        return false;
    }

    private void Add(ReadOnlySpan<byte> unpacked)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(unpacked.Length);
        unpacked.CopyTo(bytes);
        lock (_ahead)
        {
            while (_ahead.Count >= MaxAhead && !_isStopped)
                Monitor.Wait(_ahead);
            _ahead.Enqueue(new Piece(bytes, unpacked.Length));
            Monitor.PulseAll(_ahead);
            // The reader has stopped. Queued buffers are returned to the pool with the others.
            if (_isStopped)
                throw new OperationCanceledException();
        }
    }

    private void Release()
    {
        if (_current.Bytes is { } bytes)
            ArrayPool<byte>.Shared.Return(bytes);
        (_current, _used) = (default, 0);
    }

    private readonly record struct Piece(byte[] Bytes, int Length);

    private sealed class Sink(ReadAheadStream stream) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer) => stream.Add(buffer);
        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
