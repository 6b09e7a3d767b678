using System.Buffers;
using System.Buffers.Binary;

namespace FlywheelDicom.Network;

/// <summary>A message as it was read.</summary>
/// <param name="ContextId">The presentation context that it came over.</param>
/// <param name="Command">Its command set, without UIDs.</param>
/// <param name="Dataset">Its data set, empty where it has none.</param>
internal readonly record struct DimseMessage(byte ContextId, DimseCommand Command, byte[] Dataset);

/// <summary>The peer wants no more of this association: A-RELEASE-RQ came where a message was due.</summary>
internal sealed class PeerReleasedException() : IOException("The association was released.");

/// <summary>The peer said A-ABORT.</summary>
internal sealed class PeerAbortedException(byte source, byte reason) : IOException("The association was aborted.")
{
    public byte AbortSource { get; } = source;
    public byte Reason { get; } = reason;
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
                    throw new PeerAbortedException(pdu.Body.Length > 2 ? pdu.Body.Span[2] : (byte)0, pdu.Body.Length > 3 ? pdu.Body.Span[3] : (byte)0);
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
        var head = _rest.Span;
        if (head.Length < 6 || BinaryPrimitives.ReadUInt32BigEndian(head) is var length && (length < 2 || length > head.Length - 4))
            throw new InvalidDataException("A PDV does not fit its PDU.");
        var (context, control) = (head[4], head[5]);
        var data = head[6..(4 + (int)length)];
        _rest = _rest[(4 + (int)length)..];
        var isLast = (control & 2) != 0;
        return (control & 1) != 0 ? TakeCommand(context, data, isLast) : TakeDataset(context, data, isLast);
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
