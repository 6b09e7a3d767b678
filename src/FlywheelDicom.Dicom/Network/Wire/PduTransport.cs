using System.Buffers.Binary;
using System.Net.Sockets;
using System.Numerics;

namespace FlywheelDicom.Network.Wire;

/// <summary>
/// Reads and writes whole PDUs over one TCP connection, each operation under a deadline. A missed deadline or a cancellation closes the
/// connection, and all reads and writes end. After a failure the connection is never used again.
/// </summary>
internal sealed class PduTransport : IDisposable
{
    private const int HeaderSize = 6;

    /// <summary>Less than one TCP segment: the peer has written it alone.</summary>
    private const int FewBytes = 512;
    private static readonly TimeSpan s_watch = TimeSpan.FromMilliseconds(250);

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly ITimer _watchdog;
    private readonly TimeProvider _time;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _onCancel;
    /// <summary>Not from a pool, because a read may still use it after the connection was closed.</summary>
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;
    private long _readDeadline = long.MaxValue;
    private long _writeDeadline = long.MaxValue;
    private int _writing;
    private bool _disposed;

    /// <param name="socket">The connection; disposed with this.</param>
    /// <param name="stream">What is read and written: the socket's own stream, or TLS above it.</param>
    /// <param name="cancellation">Aborts.</param>
    /// <param name="time">The clock that deadlines are measured by.</param>
    public PduTransport(Socket socket, Stream stream, CancellationToken cancellation, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _socket = socket;
        _stream = stream;
        _cancellation = cancellation;
        _watchdog = _time.CreateTimer(static self => ((PduTransport)self!).Watch(), this, s_watch, s_watch);
        _onCancel = cancellation.UnsafeRegister(static self => ((PduTransport)self!).Abort(0, 0), this);
    }

    public bool HasTimedOut { get; private set; }

    /// <summary>When reading ends and the connection is closed, as <see cref="DeadlineIn"/> counts. It holds until it is set again.</summary>
    public long ReadDeadline
    {
        get => Volatile.Read(ref _readDeadline);
        set => Volatile.Write(ref _readDeadline, value);
    }

    /// <summary>Whether anything was received, even part of a PDU.</summary>
    public bool HasReceived { get; private set; }

    /// <summary>False where there is something to read. Between messages that means that the peer has closed, aborted or released.</summary>
    public bool IsQuiet
    {
        get
        {
            try
            {
                return _start == _end && !_socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void ThrowIfCancelled() => _cancellation.ThrowIfCancellationRequested();

    /// <exception cref="IOException">The connection is lost; <see cref="HasTimedOut"/> says whether a deadline was missed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> pdus, TimeSpan timeout)
    {
        if (Interlocked.Exchange(ref _writing, 1) == 1)
            throw Lost(null);
        Volatile.Write(ref _writeDeadline, DeadlineIn(timeout));
        try
        {
            await _stream.WriteAsync(pdus, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw Lost(e);
        }
        finally
        {
            Volatile.Write(ref _writeDeadline, long.MaxValue);
            Volatile.Write(ref _writing, 0);
        }
    }

    /// <summary>Reads one PDU, with a time limit of its own.</summary>
    /// <param name="maxLength">A PDU that announces more is refused.</param>
    /// <param name="timeout">For the whole PDU.</param>
    /// <exception cref="IOException">The connection is lost; <see cref="HasTimedOut"/> says whether a deadline was missed.</exception>
    /// <exception cref="InvalidDataException">The PDU is longer than allowed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<Pdu> ReadAsync(uint maxLength, TimeSpan timeout)
    {
        ReadDeadline = DeadlineIn(timeout);
        try
        {
            return await ReadAsync(maxLength).ConfigureAwait(false);
        }
        finally
        {
            ReadDeadline = long.MaxValue;
        }
    }

    /// <summary>Reads one PDU, under <see cref="ReadDeadline"/>.</summary>
    /// <param name="maxLength">A PDU that announces more is refused.</param>
    /// <exception cref="IOException">The connection is lost; <see cref="HasTimedOut"/> says whether a deadline was missed.</exception>
    /// <exception cref="InvalidDataException">The PDU is longer than allowed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<Pdu> ReadAsync(uint maxLength)
    {
        try
        {
            if (!await FillAsync(HeaderSize).ConfigureAwait(false))
                return _start == _end ? NotAfterCancellation(Pdu.Closed) : throw new EndOfStreamException("The connection ended inside a PDU.");
            var type = (PduType)_buffer[_start];
            var length = BinaryPrimitives.ReadUInt32BigEndian(_buffer.AsSpan(_start + 2));
            if (_buffer[_start] is >= 0x14 and <= 0x17 && _buffer[_start + 1] == 3)
                throw new TlsRecordException();
            if (length > maxLength)
            {
                throw _buffer.AsSpan(_start, HeaderSize).StartsWith("HTTP/"u8) ? new HttpAnswerException()
                    : new InvalidDataException($"A PDU of type 0x{(byte)type:X2} announces {length} bytes; at most {maxLength} are taken.");
            }
            if (!await FillAsync(HeaderSize + (int)length).ConfigureAwait(false))
                throw new EndOfStreamException("The connection ended inside a PDU.");
            var body = _buffer.AsMemory(_start + HeaderSize, (int)length);
            _start += HeaderSize + (int)length;
            return type == PduType.Data ? new Pdu(type, body) : NotAfterCancellation(new Pdu(type, body));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw Lost(e);
        }
    }

    /// <summary>Sends A-ABORT if no other write is under way, and closes at once.</summary>
    public void Abort(byte source, byte reason)
    {
        try
        {
            if (Interlocked.Exchange(ref _writing, 1) == 0)
            {
                _stream.WriteTimeout = 200;
                _stream.Write(ControlPdu.Abort(source, reason));
                _socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection is closed anyway.
        }
        Close();
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _onCancel.Dispose();
        _watchdog.Dispose();
        Close();
    }

    private void Close()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private async ValueTask<bool> FillAsync(int count)
    {
        if (_end - _start >= count)
            return true;
        if (_start + count > _buffer.Length)
            MakeRoom(count);
        else if (_start == _end)
            (_start, _end) = (0, 0);
        while (_end - _start < count)
        {
            // A peer that writes a PDU in two pieces, with Nagle's algorithm on, sends the second only when the first is acknowledged.
            // A system may delay that for 40 ms and more (RFC 1122 §4.2.3.2). DCMTK and programs built on it do so.
            if (_end - _start is > 0 and < FewBytes)
                LinuxTcp.AcknowledgeNow(_socket);
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), CancellationToken.None).ConfigureAwait(false);
            if (read == 0)
                return false;
            HasReceived = true;
            _end += read;
        }
        return true;
    }

    /// <summary>
    /// The peer closes when it has read our A-ABORT, maybe before we have closed. Then the cause is the cancellation, not the peer. A
    /// response to a message counts all the same.
    /// </summary>
    private Pdu NotAfterCancellation(Pdu pdu)
    {
        ThrowIfCancelled();
        return pdu;
    }

    private void MakeRoom(int count)
    {
        var target = count > _buffer.Length ? GC.AllocateUninitializedArray<byte>((int)BitOperations.RoundUpToPowerOf2((uint)count)) : _buffer;
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        _buffer = target;
        (_start, _end) = (0, _end - _start);
    }

    private void Watch()
    {
        var now = DeadlineIn(TimeSpan.Zero);
        if (now < Volatile.Read(ref _readDeadline) && now < Volatile.Read(ref _writeDeadline))
            return;
        HasTimedOut = true;
        Abort(0, 0);
    }

    /// <summary>A time from now in milliseconds, as <see cref="ReadDeadline"/> counts.</summary>
    public long DeadlineIn(TimeSpan timeout) => (_time.GetElapsedTime(0).Ticks + timeout.Ticks) / TimeSpan.TicksPerMillisecond;

    private Exception Lost(Exception? cause)
    {
        if (_cancellation.IsCancellationRequested)
            return new OperationCanceledException(_cancellation);
        return cause as IOException ?? new IOException("The connection is closed.", cause);
    }
}
