using System.Buffers;
using System.Collections.Concurrent;
using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// Unpacks on a thread of its own, a megabyte ahead of its reader. It begins with that only where reading goes on: who looks at a
/// header does not pay for it.
/// </summary>
internal sealed class ReadAheadStream(Stream inner) : ForwardStream
{
    /// <summary>Entries from this size on are worth a thread.</summary>
    public const int WorthIt = 256 * 1024;

    private const int Direct = 64 * 1024;
    private const int PieceSize = 256 * 1024;
    private const int Pieces = 4;

    private readonly CancellationTokenSource _stop = new();
    private BlockingCollection<Piece>? _ahead;
    private Thread? _thread;
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
            return direct;
        }
        if (_ahead is null)
            Start();
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
            _stop.Cancel();
            _thread?.Join();
            Release();
            while (_ahead?.TryTake(out var piece) == true)
                ArrayPool<byte>.Shared.Return(piece.Bytes);
            _ahead?.Dispose();
            _stop.Dispose();
            inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Start()
    {
        _ahead = new BlockingCollection<Piece>(Pieces);
        _thread = new Thread(Unpack) { IsBackground = true, Name = "unpacking" };
        _thread.Start();
    }

    /// <summary>The platform's decompressors copy faster than they are read: they take their input in larger pieces then.</summary>
    private void Unpack()
    {
        try
        {
            inner.CopyTo(new Sink(_ahead!, _stop.Token), PieceSize);
        }
        catch (OperationCanceledException)
        {
            // Its reader has had enough.
        }
        catch (Exception e)
        {
            _failure = e;
        }
        _ahead!.CompleteAdding();
    }

    private bool Next()
    {
        Release();
        if (_ahead!.TryTake(out _current, Timeout.Infinite))
            return true;
        if (_failure is { } failure)
            throw failure is IOException or InvalidDataException ? failure : new InvalidDataException(failure.Message, failure);
        return false;
    }

    private void Release()
    {
        if (_current.Bytes is { } bytes)
            ArrayPool<byte>.Shared.Return(bytes);
        (_current, _used) = (default, 0);
    }

    private readonly record struct Piece(byte[] Bytes, int Length);

    private sealed class Sink(BlockingCollection<Piece> ahead, CancellationToken stop) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var bytes = ArrayPool<byte>.Shared.Rent(buffer.Length);
            buffer.CopyTo(bytes);
            ahead.Add(new Piece(bytes, buffer.Length), stop);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
