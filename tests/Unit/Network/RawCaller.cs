using System.Buffers.Binary;
using System.Net.Sockets;
using FlywheelDicom.Network.Scp;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Unit.Network;

/// <summary>Calls a server byte by byte, with what no client of ours would say. Every wait has an end.</summary>
internal sealed class RawCaller : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;

    public RawCaller(DicomServer server)
    {
        _client = new TcpClient("localhost", server.Port) { NoDelay = true };
        _stream = _client.GetStream();
        _client.SendTimeout = _client.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
    }

    public static string StorageClass => "1.2.840.10008.5.1.4.1.1.4";

    public static AssociationPdu Request(params PresentationContext[] contexts) => new()
    {
        CalledAE = "RECEIVER", CallingAE = "RAW", MaxPduLength = 16384,
        Contexts = contexts.Length > 0 ? contexts
            : [new(1, DicomUID.Verification, [DicomTransferSyntax.ImplicitVRLittleEndian.Uid]), new(3, StorageClass, [DicomTransferSyntax.ImplicitVRLittleEndian.Uid])],
    };

    /// <summary>An association is made, or the test fails.</summary>
    public static async Task<RawCaller> AssociateAsync(DicomServer server)
    {
        var caller = new RawCaller(server);
        await caller.SendAsync(Request().Encode(PduType.AssociateRequest));
        Assert.Equal(PduType.AssociateAccept, (PduType)(await caller.ReadAsync())![0]);
        return caller;
    }

    public Task SendAsync(byte[] bytes) => _stream.WriteAsync(bytes).AsTask().WaitAsync(s_patience);

    /// <summary>One PDU, header and all; null where the connection ends.</summary>
    public async Task<byte[]?> ReadAsync()
    {
        var header = new byte[6];
        try
        {
            if (await _stream.ReadAtLeastAsync(header, 6, throwOnEndOfStream: false).AsTask().WaitAsync(s_patience) < 6)
                return null;
            var body = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(2))];
            await _stream.ReadExactlyAsync(body).AsTask().WaitAsync(s_patience);
            return [.. header, .. body];
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The command set of the next response.</summary>
    public async Task<DimseCommand> ReadResponseAsync()
    {
        var pdu = await ReadAsync();
        Assert.NotNull(pdu);
        Assert.Equal((4, 3), (pdu[0], pdu[11]));
        return DimseCommand.Decode(pdu.AsSpan(12));
    }

    /// <summary>The source and reason of the abort that comes next, before the connection ends.</summary>
    public async Task<(byte Source, byte Reason)> ReadAbortAsync()
    {
        var pdu = await ReadAsync();
        Assert.NotNull(pdu);
        Assert.Equal(7, pdu[0]);
        return (pdu[8], pdu[9]);
    }

    public void HangUp() => _client.Client.Shutdown(SocketShutdown.Send);

    public static byte[] Pdu(byte type, params byte[] body)
    {
        var pdu = new byte[6 + body.Length];
        pdu[0] = type;
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(2), (uint)body.Length);
        body.CopyTo(pdu, 6);
        return pdu;
    }

    /// <param name="context">Of the presentation.</param>
    /// <param name="control">1 command, 2 last.</param>
    /// <param name="data">The fragment.</param>
    public static byte[] Pdv(byte context, byte control, params byte[] data)
    {
        var pdv = new byte[6 + data.Length];
        BinaryPrimitives.WriteUInt32BigEndian(pdv, (uint)data.Length + 2);
        (pdv[4], pdv[5]) = (context, control);
        data.CopyTo(pdv, 6);
        return pdv;
    }

    public static byte[] Piece(byte context, byte control, params byte[] data) => Pdu(4, Pdv(context, control, data));

    public static byte[] Command(byte context, DimseCommand command)
    {
        var bytes = new byte[8192];
        return Piece(context, 3, bytes[..command.Encode(bytes)]);
    }

    public static DimseCommand Echo => new() { Field = CommandField.EchoRequest, MessageId = 7, SopClassUid = DicomUID.Verification };

    public static DimseCommand Store(string uid, string? sopClass = null)
        => new() { Field = CommandField.StoreRequest, MessageId = 9, HasDataset = true, SopClassUid = sopClass ?? StorageClass, SopInstanceUid = uid };

    public void Dispose() => _client.Dispose();
}
