using System.Net.Sockets;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scp;

/// <summary>One association as its acceptor (PS3.8 §9.2): from the request to the close of its connection.</summary>
internal sealed class ServerAssociation(DicomServer server, DicomServerOptions options, PduTransport transport, Deadline artim, Socket socket)
{
    private const uint MaxRequestLength = 128 * 1024;
    private const int MaxIgnoredPdus = 64;

    private static readonly byte[] s_invalid = ControlPdu.Abort(2, 6);

    private readonly ServerNegotiation _negotiation = new(options);

    /// <exception cref="IOException">The connection was lost, or had to be given up.</exception>
    public async Task RunAsync()
    {
        var last = await ServeAsync().ConfigureAwait(false);
        if (last is null)
            return;
        await transport.WriteAsync(last, options.ArtimTimeout).ConfigureAwait(false);
        await AwaitCloseAsync().ConfigureAwait(false);
    }

    /// <summary>The last PDU to send: a reject, a release or an abort; null where the caller ended it.</summary>
    private async Task<byte[]?> ServeAsync()
    {
        try
        {
            var pdu = await transport.ReadAsync(MaxRequestLength, artim.Remaining).ConfigureAwait(false);
            if (pdu.Type != PduType.AssociateRequest)
                return Unexpected(pdu);
            var request = AssociationPdu.Decode(pdu.Body.Span, PduType.AssociateRequest);
            if (_negotiation.Refusal(request) is { } refusal)
                return Rejected(refusal);
            var accept = _negotiation.Accept(request);
            if (!server.TryAdmit(socket))
                return Rejected(ControlPdu.Reject(2, 3, 2));
            try
            {
                await transport.WriteAsync(accept.Encode(PduType.AssociateAccept), options.ArtimTimeout).ConfigureAwait(false);
                using var messages = new ServerMessages(server, options, transport, _negotiation, accept, request.MaxPduLength);
                return await ServeAsync(messages).ConfigureAwait(false);
            }
            finally
            {
                server.EndAssociation(socket);
            }
        }
        catch (InvalidDataException)
        {
            return s_invalid;
        }
    }

    private async Task<byte[]?> ServeAsync(ServerMessages messages)
    {
        while (true)
        {
            var timeout = messages.NextPduTimeout;
            if (timeout == TimeSpan.Zero)
                return ControlPdu.Abort(0, 0);
            var pdu = await transport.ReadAsync((uint)options.MaxPduLength, timeout).ConfigureAwait(false);
            if (pdu.Type == PduType.ReleaseRequest)
                return ControlPdu.ReleaseResponse;
            if (pdu.Type != PduType.Data)
                return Unexpected(pdu);
            await messages.TakeAsync(pdu.Body).ConfigureAwait(false);
        }
    }

    private byte[] Rejected(byte[] refusal)
    {
        server.CountRejected();
        return refusal;
    }

    private static byte[]? Unexpected(Pdu pdu) => pdu.IsClosed || pdu.Type == PduType.Abort ? null : ControlPdu.Abort(2, pdu.Type > PduType.Abort ? (byte)1 : (byte)2);

    /// <summary>
    /// State 13: the caller closes first, or ARTIM ends it (PS3.8 §9.2.3). A limited number of PDUs is read and ignored. To close at once
    /// could reset the connection before the caller has read our last PDU.
    /// </summary>
    private async Task AwaitCloseAsync()
    {
        var limit = new Deadline(options.Time, options.ArtimTimeout);
        try
        {
            for (var i = 0; i < MaxIgnoredPdus && limit.Remaining > TimeSpan.Zero; i++)
            {
                var pdu = await transport.ReadAsync(Math.Max(MaxRequestLength, (uint)options.MaxPduLength), limit.Remaining).ConfigureAwait(false);
                if (pdu.IsClosed || pdu.Type == PduType.Abort)
                    return;
                if (pdu.Type is PduType.AssociateRequest or > PduType.Abort)
                    await transport.WriteAsync(ControlPdu.Abort(2, 2), limit.Remaining).ConfigureAwait(false);
            }
        }
        catch (InvalidDataException)
        {
            // What arrives is no PDU any more.
        }
    }
}
