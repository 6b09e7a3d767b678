using System.Net.Sockets;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Wire;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.Network.Scu;

/// <summary>Messages and responses by bytes, without a socket.</summary>
public class MessageExchangeTests
{
    private static readonly PresentationContext s_context
        = new(3, SyntheticInstance.CTImage, []) { Result = PresentationContextResult.Accepted, AcceptedTransferSyntax = SyntheticInstance.Explicit };

    private static readonly byte[] s_dataset = [8, 0, 0x18, 0, (byte)'U', (byte)'I', 4, 0, (byte)'1', (byte)'.', (byte)'2', 0];

    [Fact]
    public async Task Whole_response_ends_the_exchange()
    {
        var (status, written) = await ExchangeAsync(Response());
        Assert.Equal(DicomStatus.Success, status);
        Assert.Equal(s_dataset, written[^s_dataset.Length..]);
    }

    [Fact]
    public async Task Response_with_a_surplus_behind_it_counts_too() => Assert.Equal(DicomStatus.Success, (await ExchangeAsync([.. Response(), 4, 0, 0])).Status);

    [Fact]
    public async Task Response_in_fragments_counts_too()
    {
        var whole = Response();
        var command = whole[12..];
        byte[] pieces = [.. Data([], last: false), .. Data(command[..5], last: false), .. Data(command[5..], last: true)];
        Assert.Equal(DicomStatus.Success, (await ExchangeAsync(pieces)).Status);
    }

    [Fact]
    public async Task Each_shorter_response_is_none()
    {
        var whole = Response();
        for (var length = 0; length < whole.Length; length++)
        {
            var e = await Assert.ThrowsAnyAsync<DicomNetworkException>(() => ExchangeAsync(whole[..length]));
            Assert.True(e.WasDatasetSent);
        }
    }

    private static DimseCommand Request => new()
    {
        Field = CommandField.StoreRequest, MessageId = 7, HasDataset = true, SopClassUid = SyntheticInstance.CTImage, SopInstanceUid = "1.2.3",
    };

    private static byte[] Response()
    {
        var command = new byte[DimseCommand.MaxLength];
        var length = new DimseCommand { Field = CommandField.StoreResponse, RespondedTo = 7, SopClassUid = SyntheticInstance.CTImage, SopInstanceUid = "1.2.3" }.Encode(command);
        return Data(command[..length], last: true);
    }

    private static byte[] Data(byte[] command, bool last)
        => [4, 0, 0, 0, 0, (byte)(command.Length + 6), 0, 0, 0, (byte)(command.Length + 2), 3, last ? (byte)3 : (byte)1, .. command];

    private static async Task<(DicomStatus Status, byte[] Written)> ExchangeAsync(byte[] answer)
    {
        var stream = new Answering(answer);
        var destination = new DicomDestination { Host = "peer.invalid", Port = 104, CalledAE = "PEER" };
        using var transport = new PduTransport(new Socket(SocketType.Stream, ProtocolType.Tcp), stream, default);
        using var exchange = new MessageExchange(transport, destination, Timers.ShortMessage, 0, 1);
        using var dataset = new OutgoingDataset(new MemoryStream(s_dataset), SyntheticInstance.Explicit, s_dataset.Length);
        var (response, _) = await exchange.ExchangeAsync("testing", new MessageUnderWay(s_context.Id, Request), w => w.Begin(s_context, Request, dataset));
        return (response.Command.Status, stream.Written);
    }

    /// <summary>Answers what is written, and ends.</summary>
    private sealed class Answering(byte[] answer) : ConnectionDouble
    {
        private readonly TaskCompletionSource _isWrittenTo = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly MemoryStream _answer = new(answer);
        private readonly MemoryStream _written = new();

        public byte[] Written { get; private set; } = [];

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await _isWrittenTo.Task.ConfigureAwait(false);
            return _answer.Read(buffer.Span);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _written.Write(buffer.Span);
            Written = _written.ToArray();
            _isWrittenTo.TrySetResult();
            return default;
        }

        public override void Write(byte[] buffer, int offset, int count) { }
    }
}
