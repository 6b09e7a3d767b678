using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Unit.Network.Scu;

public class AssociationRequestorTests
{
    private const string Explicit = "1.2.840.10008.1.2.1";
    private const string Implicit = "1.2.840.10008.1.2";
    private const string Big = "1.2.840.10008.1.2.2";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly PresentationContext[] s_proposed = [new(1, "1.2", [Explicit, Implicit]), new(3, "1.3", [Implicit])];

    /// <summary>What is answered for the contexts 1 and 3 (id, result, syntax), and what is agreed for the first.</summary>
    [Theory]
    [InlineData("1 0 E,3 0 I", PresentationContextResult.Accepted, Explicit)]
    [InlineData("3 0 I,1 0 I", PresentationContextResult.Accepted, Implicit)]
    [InlineData("1 3 E", PresentationContextResult.AbstractSyntaxNotSupported, null)]
    [InlineData("1 0 B", PresentationContextResult.TransferSyntaxesNotSupported, Big)]
    [InlineData("3 0 I", PresentationContextResult.NoReason, null)]
    [InlineData("", PresentationContextResult.NoReason, null)]
    [InlineData("1 0 E,1 0 E", PresentationContextResult.Accepted, Explicit)]
    [InlineData("1 0 E,1 0 I", PresentationContextResult.NoReason, null)]
    [InlineData("1 0 E,1 1 E", PresentationContextResult.NoReason, null)]
    [InlineData("1 1 E,1 3 E", PresentationContextResult.NoReason, null)]
    [InlineData("5 0 E", PresentationContextResult.NoReason, null)]
    public async Task Context_is_agreed_on_only_as_it_was_proposed(string answers, object result, string? syntax)
    {
        var contexts = answers.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(a => a.Split(' ')).Select(a => new PresentationContext(byte.Parse(a[0], null), "", [])
        {
            Result = (PresentationContextResult)byte.Parse(a[1], null), AcceptedTransferSyntax = a[2] switch { "E" => Explicit, "I" => Implicit, _ => Big },
        });
        using var acceptor = new Acceptor(Accept(16384, [.. contexts]));
        var negotiated = await RequestAsync(acceptor);
        using var transport = negotiated.Transport;
        Assert.Equal([("1.2", 1), ("1.3", 3)], negotiated.Contexts.Select(c => (c.AbstractSyntax, (int)c.Id)));
        Assert.Equal(((PresentationContextResult)result, syntax), (negotiated.Contexts[0].Result, negotiated.Contexts[0].AcceptedTransferSyntax));
        Assert.Equal(answers.Contains('3') && answers.Contains("3 0", StringComparison.Ordinal), negotiated.Contexts[1].IsAccepted);
        Assert.Null(negotiated.Tls);
        var asked = AssociationPdu.Decode((await acceptor.Request).AsSpan(6), PduType.AssociateRequest);
        Assert.Equal(("PEER", "ME", 20_000u, (ushort)5), (asked.CalledAE, asked.CallingAE, asked.MaxPduLength, asked.MaxOperations));
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(8u, true)]
    [InlineData(7u, false)]
    [InlineData(1u, false)]
    public async Task Peer_that_takes_no_data_is_left(uint limit, bool isTaken)
    {
        using var acceptor = new Acceptor(Accept(limit));
        if (isTaken)
        {
            using var transport = (await RequestAsync(acceptor)).Transport;
            return;
        }
        var e = await Assert.ThrowsAsync<DicomNetworkException>(() => RequestAsync(acceptor));
        Assert.Equal((DicomNetworkError.ProtocolError, true), (e.Error, e.IsNegotiation));
        Assert.Equal(ControlPdu.Abort(2, 6), await acceptor.Rest.WaitAsync(s_patience));
    }

    [Fact]
    public async Task Connection_of_a_refused_association_is_closed()
    {
        using var acceptor = new Acceptor(ControlPdu.Reject(1, 1, 1));
        var e = await Assert.ThrowsAsync<DicomAssociationRejectedException>(() => RequestAsync(acceptor));
        Assert.True(e.IsNegotiation);
        Assert.Empty(await acceptor.Rest.WaitAsync(s_patience));
    }

    [Theory]
    [InlineData(new byte[0], DicomNetworkError.ConnectionLost)]
    [InlineData(new byte[] { 2, 0, 0, 0 }, DicomNetworkError.ConnectionLost)]
    [InlineData(new byte[] { 2, 0, 1, 0, 0, 0 }, DicomNetworkError.ProtocolError)]
    public async Task Answer_that_is_none_is_told(byte[] answer, DicomNetworkError error)
    {
        using var acceptor = new Acceptor(answer, closes: true);
        var e = await Assert.ThrowsAsync<DicomNetworkException>(() => RequestAsync(acceptor));
        Assert.Equal((error, true), (e.Error, e.IsNegotiation));
    }

    private static byte[] Accept(uint limit, params PresentationContext[] contexts)
        => new AssociationPdu { CalledAE = "PEER", CallingAE = "ME", Contexts = contexts, MaxPduLength = limit }.Encode(PduType.AssociateAccept);

    private static Task<NegotiatedAssociation> RequestAsync(Acceptor acceptor)
        => AssociationRequestor.RequestAsync(new DicomDestination { Host = "127.0.0.1", Port = acceptor.Port, CalledAE = "PEER", CallingAE = "ME" }, s_proposed,
            new DicomClientOptions { MaxPduLength = 20_000, MaxOperations = 5 }, default).WaitAsync(s_patience);

    /// <summary>Reads one PDU, says this, and reads to the end.</summary>
    private sealed class Acceptor : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly TaskCompletionSource<byte[]> _request = new();

        public Acceptor(byte[] answer, bool closes = false)
        {
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            Rest = ServeAsync(answer, closes);
        }

        public int Port { get; }
        public Task<byte[]> Request => _request.Task;
        public Task<byte[]> Rest { get; }

        public void Dispose() => _listener.Dispose();

        private async Task<byte[]> ServeAsync(byte[] answer, bool closes)
        {
            using var caller = await _listener.AcceptTcpClientAsync();
            var stream = caller.GetStream();
            var header = new byte[6];
            await stream.ReadExactlyAsync(header);
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(2))];
            await stream.ReadExactlyAsync(body);
            _request.SetResult([.. header, .. body]);
            await stream.WriteAsync(answer);
            if (closes)
                caller.Client.Shutdown(SocketShutdown.Send);
            var rest = new MemoryStream();
            await stream.CopyToAsync(rest);
            return rest.ToArray();
        }
    }
}
