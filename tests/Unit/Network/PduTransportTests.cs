using System.Net.Sockets;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Unit.Network;

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
}
