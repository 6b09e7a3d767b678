using System.Net;
using System.Net.Sockets;
using FlywheelDicom.Network.Wire;
using Microsoft.Extensions.Time.Testing;

namespace FlywheelDicom.Unit.Network.Wire;

public class PduTransportTests
{
    private static readonly TimeSpan s_longEnough = TimeSpan.FromMinutes(1);

    /// <summary>A peer that is quicker to take notice of our A-ABORT than we are to close after it.</summary>
    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 4, 0, 0 })]
    [InlineData(new byte[] { 2, 0, 0, 0, 0, 1, 0 })]
    [InlineData(new byte[] { 5, 0, 0, 0, 0, 4, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 7, 0, 0, 0, 0, 4, 0, 0, 0, 0 })]
    public async Task Whatever_a_peer_does_about_a_cancellation_is_that_cancellation(byte[] answer)
    {
        using var stop = new CancellationTokenSource();
        using var transport = Over(new QuickPeer(answer), stop.Token);
        var read = transport.ReadAsync(16384, s_longEnough).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => read);
    }

    [Fact]
    public async Task Response_that_crosses_a_cancellation_counts()
    {
        using var stop = new CancellationTokenSource();
        using var transport = Over(new QuickPeer([4, 0, 0, 0, 0, 2, 8, 9]), stop.Token);
        var read = transport.ReadAsync(16384, s_longEnough).AsTask();
        await stop.CancelAsync();
        var pdu = await read;
        Assert.Equal(PduType.Data, pdu.Type);
    }

    [Theory]
    [InlineData(new byte[0], 0)]
    [InlineData(new byte[] { 5, 0, 0, 0, 0, 4, 0, 0, 0, 0 }, 5)]
    [InlineData(new byte[] { 7, 0, 0, 0, 0, 4, 0, 0, 0, 0 }, 7)]
    public async Task Without_one_the_peer_is_heard(byte[] answer, byte expected)
    {
        using var transport = Over(new QuickPeer(answer), default);
        var read = transport.ReadAsync(16384, s_longEnough).AsTask();
        transport.Abort(0, 0);
        Assert.Equal(expected, (byte)(await read).Type);
    }

    [Fact]
    public async Task PDUs_are_told_apart_however_they_come()
    {
        var large = RawCaller.Pdu(4, [.. Enumerable.Range(0, 40_000).Select(i => (byte)i)]);
        byte[] all = [.. RawCaller.Pdu(4, 1, 2), .. RawCaller.Pdu(5, 3), .. RawCaller.Pdu(4), .. large, .. RawCaller.Pdu(6, 4, 5, 6), .. RawCaller.Pdu(4, new byte[16384]), .. large];
        foreach (var size in (int[])[1, 5, 7, 1000, 16384])
        {
            using var transport = new WireStream([.. all.Chunk(size)]).Transport();
            Assert.False(transport.HasReceived);
            foreach (var (type, length) in ((int, int)[])[(4, 2), (5, 1), (4, 0), (4, 40_000), (6, 3), (4, 16384), (4, 40_000)])
            {
                var pdu = await transport.ReadAsync(40_000);
                Assert.Equal((type, length), ((int)pdu.Type, pdu.Body.Length));
                Assert.True(length < 40_000 || pdu.Body.Span.SequenceEqual(large.AsSpan(6)));
                Assert.True(transport.HasReceived);
            }
            Assert.True((await transport.ReadAsync(40_000)).IsClosed);
        }
    }

    /// <summary>What is left of the buffer is not moved for each small PDU, but nothing is read into no room either.</summary>
    [Fact]
    public async Task Buffer_grows_only_for_a_PDU_that_needs_it()
    {
        byte[] most = RawCaller.Pdu(4, new byte[16384 - 6]);
        var stream = new WireStream(most, most, [.. RawCaller.Pdu(4, 1), 4, 0, 0], [0, 0, 1, 9], RawCaller.Pdu(4, new byte[16384 - 5])[..16384], [0]);
        using var transport = stream.Transport();
        for (var i = 0; i < 5; i++)
            Assert.Equal(PduType.Data, (await transport.ReadAsync(100_000)).Type);
        Assert.Equal([16384, 16384, 16384, 16384 - 10, 16384, 16384], stream.Rooms);
    }

    [Theory]
    [InlineData(0x14, 3, true)]
    [InlineData(0x15, 3, true)]
    [InlineData(0x17, 3, true)]
    [InlineData(0x13, 3, false)]
    [InlineData(0x18, 3, false)]
    [InlineData(0x15, 1, false)]
    public async Task TLS_is_told_from_DICOM(byte first, byte second, bool isTls)
    {
        using var transport = new WireStream([first, second, 0, 0, 0, 0]).Transport();
        if (isTls)
            await Assert.ThrowsAsync<TlsRecordException>(async () => await transport.ReadAsync(16384));
        else
            Assert.Equal(first, (byte)(await transport.ReadAsync(16384)).Type);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(9)]
    public async Task Connection_that_ends_inside_a_PDU_is_lost(int length)
    {
        using var transport = new WireStream(RawCaller.Pdu(4, 1, 2, 3, 4)[..length]).Transport();
        await Assert.ThrowsAsync<EndOfStreamException>(async () => await transport.ReadAsync(16384));
        Assert.False(transport.HasTimedOut);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(3, false)]
    public async Task PDU_that_announces_more_than_is_taken_is_refused(uint limit, bool isTaken)
    {
        using var transport = new WireStream(RawCaller.Pdu(4, 1, 2, 3, 4)).Transport();
        if (isTaken)
            Assert.Equal(4, (await transport.ReadAsync(limit)).Body.Length);
        else
            await Assert.ThrowsAsync<InvalidDataException>(async () => await transport.ReadAsync(limit));
    }

    [Fact]
    public async Task Deadline_of_a_read_ends_with_it()
    {
        var time = new StandingTime();
        time.Move(TimeSpan.FromSeconds(1));
        var deadline = 0L;
        PduTransport? transport = null;
        var stream = new WireStream
        {
            AtEnd = () =>
            {
                deadline = transport!.ReadDeadline;
                return new ValueTask<int>(0);
            },
        };
        using (transport = stream.Transport(time))
        {
            Assert.Equal(long.MaxValue, transport.ReadDeadline);
            await transport.ReadAsync(16384, TimeSpan.FromSeconds(5));
            Assert.Equal((6000, long.MaxValue), (deadline, transport.ReadDeadline));
            Assert.Equal(1500, transport.DeadlineIn(TimeSpan.FromMilliseconds(500)));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Missed_deadline_aborts_and_closes(bool isWrite)
    {
        var time = new FakeTimeProvider();
        var never = new TaskCompletionSource();
        var stream = new WireStream { AtEnd = async () => { await never.Task; return 0; }, BeforeWrite = () => new ValueTask(never.Task) };
        using var transport = stream.Transport(time);
        var task = isWrite ? transport.WriteAsync(new byte[] { 1 }, TimeSpan.FromSeconds(2)).AsTask() : transport.ReadAsync(16384, TimeSpan.FromSeconds(2)).AsTask();
        time.Advance(TimeSpan.FromSeconds(1.75));
        Assert.False(transport.HasTimedOut || stream.IsDisposed);
        time.Advance(TimeSpan.FromSeconds(0.25));
        Assert.True(transport.HasTimedOut && stream.IsDisposed);
        // Where a write is under way, an abort would land in its midst.
        Assert.Equal(isWrite ? [] : ControlPdu.Abort(0, 0), stream.Written);
        Assert.Equal(isWrite ? -1 : 200, stream.WriteTimeout);
        never.SetException(new ObjectDisposedException("stream"));
        var lost = await Assert.ThrowsAsync<IOException>(() => task);
        Assert.IsType<ObjectDisposedException>(lost.InnerException);
    }

    [Fact]
    public async Task Deadline_of_a_write_ends_with_it()
    {
        var time = new FakeTimeProvider();
        var stream = new WireStream();
        using var transport = stream.Transport(time);
        await transport.WriteAsync(new byte[] { 1 }, TimeSpan.FromSeconds(2));
        await transport.WriteAsync(new byte[] { 2 }, TimeSpan.FromSeconds(2));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(transport.HasTimedOut || stream.IsDisposed);
        Assert.Equal([1, 2], stream.Written);
    }

    [Fact]
    public async Task Second_write_at_once_is_refused()
    {
        var gate = new TaskCompletionSource();
        var stream = new WireStream { BeforeWrite = () => new ValueTask(gate.Task) };
        using var transport = stream.Transport();
        var first = transport.WriteAsync(new byte[] { 1 }, s_longEnough).AsTask();
        await Assert.ThrowsAsync<IOException>(async () => await transport.WriteAsync(new byte[] { 2 }, s_longEnough));
        gate.SetResult();
        await first;
        Assert.Equal([1], stream.Written);
    }

    public static TheoryData<Exception, bool> Losses => new()
    {
        { new IOException("x"), true }, { new SocketException(104), true }, { new ObjectDisposedException("x"), true }, { new InvalidOperationException("x"), false },
    };

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Lost_connection_is_one_kind_of_failure(Exception failure, bool isLoss)
    {
        var stream = new WireStream { AtEnd = () => ValueTask.FromException<int>(failure), BeforeWrite = () => ValueTask.FromException(failure) };
        using var transport = stream.Transport();
        var read = await Assert.ThrowsAnyAsync<Exception>(async () => await transport.ReadAsync(16384));
        var write = await Assert.ThrowsAnyAsync<Exception>(async () => await transport.WriteAsync(new byte[] { 1 }, s_longEnough));
        foreach (var told in (Exception[])[read, write])
        {
            if (!isLoss || failure is IOException)
                Assert.Same(failure, told);
            else
                Assert.Same(failure, Assert.IsType<IOException>(told).InnerException);
        }
    }

    [Fact]
    public async Task Cancellation_before_a_write_is_that_cancellation()
    {
        using var stop = new CancellationTokenSource();
        var stream = new WireStream { BeforeWrite = () => ValueTask.FromException(new IOException("x")) };
        using var transport = stream.Transport(cancellation: stop.Token);
        transport.ThrowIfCancelled();
        await stop.CancelAsync();
        Assert.True(stream.IsDisposed);
        Assert.Equal(ControlPdu.Abort(0, 0), stream.Written);
        var e = await Assert.ThrowsAsync<OperationCanceledException>(async () => await transport.WriteAsync(new byte[] { 1 }, s_longEnough));
        Assert.Equal(stop.Token, e.CancellationToken);
        Assert.Throws<OperationCanceledException>(transport.ThrowIfCancelled);
    }

    [Fact]
    public async Task Nothing_happens_to_it_after_it_was_disposed()
    {
        using var stop = new CancellationTokenSource();
        var time = new FakeTimeProvider();
        var stream = new WireStream();
        var transport = stream.Transport(time, stop.Token);
        transport.ReadDeadline = 1;
        transport.Dispose();
        transport.Dispose();
        time.Advance(TimeSpan.FromSeconds(5));
        await stop.CancelAsync();
        Assert.Empty(stream.Written);
        Assert.True(stream.IsDisposed);
        Assert.False(transport.HasTimedOut);
    }

    public static TheoryData<Exception> Hindrances => new() { new IOException("x"), new SocketException(32), new ObjectDisposedException("x"), new InvalidOperationException("x") };

    [Theory]
    [MemberData(nameof(Hindrances))]
    public void Abort_closes_even_where_it_cannot_be_said(Exception hindrance)
    {
        var stream = new Mute(hindrance);
        using var transport = Over(stream, default);
        transport.Abort(0, 0);
        Assert.True(stream.IsDisposed);
    }

    [Fact]
    public async Task Quiet_is_a_connection_with_nothing_to_read()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port);
        using var peer = await listener.AcceptSocketAsync();
        using var transport = new PduTransport(client, new NetworkStream(client), default);
        Assert.True(transport.IsQuiet);
        await peer.SendAsync(new byte[] { 5, 0, 0, 0, 0, 0, 6 });
        Assert.Equal(PduType.ReleaseRequest, (await transport.ReadAsync(16384, s_longEnough)).Type);
        // A byte of the next PDU was read along with it.
        Assert.False(transport.IsQuiet);
        await peer.SendAsync(new byte[] { 0, 0, 0, 0, 0 });
        Assert.Equal(PduType.ReleaseResponse, (await transport.ReadAsync(16384, s_longEnough)).Type);
        Assert.True(transport.IsQuiet);
        peer.Shutdown(SocketShutdown.Send);
        await TestSupport.Eventually.HoldsAsync(() => !transport.IsQuiet);
        transport.Dispose();
        Assert.False(transport.IsQuiet);
    }

    [Fact]
    public async Task Peer_sees_the_abort_and_then_the_end()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port);
        using var peer = await listener.AcceptTcpClientAsync();
        using var transport = new PduTransport(client, new NetworkStream(client), default);
        transport.Abort(2, 6);
        Assert.Equal([7, 0, 0, 0, 0, 4, 0, 0, 2, 6], await Task.Run(() => peer.GetStream().ReadAll()).WaitAsync(s_longEnough));
        Assert.Throws<ObjectDisposedException>(() => client.Available);
    }

    private static PduTransport Over(Stream stream, CancellationToken cancellation) => new(new Socket(SocketType.Stream, ProtocolType.Tcp), stream, cancellation);

    /// <summary>Answers the first bytes that are written, and closes, before the write has come back.</summary>
    private sealed class QuickPeer(byte[] answer) : ConnectionDouble
    {
        private readonly TaskCompletionSource _isWrittenTo = new();
        private readonly MemoryStream _answer = new(answer);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await _isWrittenTo.Task.ConfigureAwait(false);
            return _answer.Read(buffer.Span);
        }

        public override void Write(byte[] buffer, int offset, int count) => _isWrittenTo.SetResult();
    }
    /// <summary>Lets nothing be said.</summary>
    private sealed class Mute(Exception hindrance) : ConnectionDouble
    {
        public bool IsDisposed { get; private set; }

        public override void Write(byte[] buffer, int offset, int count) => throw hindrance;

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
