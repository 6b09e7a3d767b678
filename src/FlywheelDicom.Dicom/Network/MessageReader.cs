using System.Buffers;

namespace FlywheelDicom.Network;

/// <summary>A message as it was read.</summary>
/// <param name="ContextId">The presentation context that it came over.</param>
/// <param name="Command">Its command set, without UIDs.</param>
/// <param name="Dataset">Its data set, empty where it has none.</param>
internal readonly record struct DimseMessage(byte ContextId, DimseCommand Command, byte[] Dataset);

/// <summary>The peer wants no more of this association: A-RELEASE-RQ came where a message was due.</summary>
internal sealed class PeerReleasedException() : IOException("The association was released.");

/// <summary>The peer said A-ABORT.</summary>
internal sealed class PeerAbortedException(ReadOnlySpan<byte> body) : IOException("The association was aborted.")
{
    public byte AbortSource { get; } = body.Length > 2 ? body[2] : (byte)0;
    public byte Reason { get; } = body.Length > 3 ? body[3] : (byte)0;
}

/// <summary>Puts messages together from P-DATA-TF PDUs. What it holds is bounded, whatever the peer sends.</summary>
internal sealed class MessageReader(PduTransport transport, uint maxPduLength, int maxDataset)
{
    private const int MaxCommand = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _command = new(256);
    private ArrayBufferWriter<byte>? _dataset;
    private ReadOnlyMemory<byte> _rest;
    private DimseCommand? _awaitsDataset;

    /// <summary>The next message. Data sets that come with a response to C-STORE or C-ECHO, or that nobody asked for, are let go.</summary>
    /// <exception cref="IOException">The connection is lost; or the peer has released or aborted.</exception>
    /// <exception cref="InvalidDataException">What came makes no sense.</exception>
    public async ValueTask<DimseMessage> ReadAsync(TimeSpan timeout)
    {
        while (true)
        {
            while (!_rest.IsEmpty)
            {
                if (Take() is { } message)
                    return message;
            }
            var pdu = await transport.ReadAsync(maxPduLength, timeout).ConfigureAwait(false);
            switch (pdu.Type)
            {
                case PduType.Data:
                    _rest = pdu.Body;
                    break;
                case PduType.Abort:
                    throw new PeerAbortedException(pdu.Body.Span);
                case PduType.ReleaseRequest:
                    throw new PeerReleasedException();
                default:
                    throw pdu.IsClosed
                        ? new EndOfStreamException("The connection was closed.")
                        : new InvalidDataException($"PDU type {(byte)pdu.Type:X2} was not expected.");
            }
        }
    }

    /// <summary>One PDV; the message, if that made it whole.</summary>
    private DimseMessage? Take()
    {
        if (!Pdv.TryTake(ref _rest, out var pdv))
            throw new InvalidDataException("A PDV does not fit its PDU.");
        return pdv.IsCommand ? TakeCommand(pdv.ContextId, pdv.Data.Span, pdv.IsLast) : TakeDataset(pdv.ContextId, pdv.Data.Span, pdv.IsLast);
    }

    private DimseMessage? TakeCommand(byte context, ReadOnlySpan<byte> data, bool isLast)
    {
        if (_command.WrittenCount + data.Length > MaxCommand)
            throw new InvalidDataException("The command set is too long.");
        _command.Write(data);
        if (!isLast)
            return null;
        var command = DimseCommand.Decode(_command.WrittenSpan, withUids: false);
        _command.ResetWrittenCount();
        if (!command.HasDataset || command.Field is CommandField.StoreResponse or CommandField.EchoResponse)
            return new DimseMessage(context, command, []);
        _awaitsDataset = command;
        _dataset = new ArrayBufferWriter<byte>();
        return null;
    }

    private DimseMessage? TakeDataset(byte context, ReadOnlySpan<byte> data, bool isLast)
    {
        if (_awaitsDataset is not { } command)
            return null;
        if (_dataset!.WrittenCount + data.Length > maxDataset)
            throw new InvalidDataException($"A data set is longer than the {maxDataset} bytes that are taken.");
        _dataset.Write(data);
        if (!isLast)
            return null;
        _awaitsDataset = null;
        return new DimseMessage(context, command, _dataset.WrittenSpan.ToArray());
    }
}
