using System.Buffers;

namespace FlywheelDicom.Network.Wire;

/// <summary>Reads messages from P-DATA-TF PDUs. Its memory is limited, whatever the peer sends.</summary>
internal sealed class MessageReader(PduTransport transport, uint maxPduLength, int maxDataset)
{
    private const int MaxCommand = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _command = new(256);
    private ArrayBufferWriter<byte>? _dataset;
    private ReadOnlyMemory<byte> _rest;
    private DimseCommand? _awaitsDataset;
    private byte _contextId;
    private bool _isInCommand;

    /// <summary>The command set of the message that was read last, until the next one is read.</summary>
    public ReadOnlySpan<byte> LastCommand => _command.WrittenSpan;

    /// <summary>Whether the last PDU holds more than the message that was read from it.</summary>
    public bool HasRest => !_rest.IsEmpty;

    /// <summary>Reads the next message; the time limit is for all of it.</summary>
    /// <exception cref="IOException">The connection is lost; or the peer has released or aborted.</exception>
    /// <exception cref="InvalidDataException">What was received breaks the protocol.</exception>
    public ValueTask<DimseMessage> ReadAsync(TimeSpan timeout)
    {
        transport.ReadDeadline = transport.DeadlineIn(timeout);
        return ReadAsync();
    }

    /// <summary>
    /// Reads the next message. The deadline of the transport holds for all of its PDUs together. A response to C-STORE or C-ECHO has no
    /// data set; if it announces one, that is not waited for.
    /// </summary>
    /// <exception cref="IOException">The connection is lost; or the peer has released or aborted.</exception>
    /// <exception cref="InvalidDataException">What was received breaks the protocol.</exception>
    public async ValueTask<DimseMessage> ReadAsync()
    {
        while (true)
        {
            while (!_rest.IsEmpty)
            {
                if (Take() is { } message)
                    return message;
            }
            var pdu = await transport.ReadAsync(maxPduLength).ConfigureAwait(false);
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
                    throw pdu.IsClosed ? new EndOfStreamException("The connection was closed.") : PduException.Unexpected(pdu.Type);
            }
        }
    }

    /// <summary>Takes one PDV. It returns the message where that completes it.</summary>
    private DimseMessage? Take()
    {
        if (!Pdv.TryTake(ref _rest, out var pdv))
            throw new PduException("A PDV does not fit its PDU.", 6);
        // Fragments of one message are never mixed with another's (PS3.8 Annex E.1).
        if ((_isInCommand || _awaitsDataset is not null) && pdv.ContextId != _contextId)
            throw new PduException($"A message began on presentation context {_contextId} and goes on on {pdv.ContextId}.", 6);
        if (pdv.IsCommand == _awaitsDataset is not null)
            throw new PduException(pdv.IsCommand ? "A command came where a data set was due." : "A data set came that no command had announced.", 6);
        _contextId = pdv.ContextId;
        return pdv.IsCommand ? TakeCommand(pdv) : TakeDataset(pdv);
    }

    private DimseMessage? TakeCommand(in Pdv pdv)
    {
        if (!_isInCommand)
            _command.ResetWrittenCount();
        if (_command.WrittenCount + pdv.Data.Length > MaxCommand)
            throw new InvalidDataException("The command set is too long.");
        _command.Write(pdv.Data.Span);
        _isInCommand = !pdv.IsLast;
        if (!pdv.IsLast)
            return null;
        var command = DimseCommand.DecodeWithoutUids(_command.WrittenSpan);
        if (!command.HasDataset || command.Field is CommandField.StoreResponse or CommandField.EchoResponse)
            return new DimseMessage(_contextId, command, []);
        _awaitsDataset = command;
        _dataset = new ArrayBufferWriter<byte>();
        return null;
    }

    private DimseMessage? TakeDataset(in Pdv pdv)
    {
        if (_dataset!.WrittenCount + pdv.Data.Length > maxDataset)
            throw new InvalidDataException($"A data set is longer than the {maxDataset} bytes that are taken.");
        _dataset.Write(pdv.Data.Span);
        if (!pdv.IsLast)
            return null;
        var message = new DimseMessage(_contextId, _awaitsDataset!.Value, _dataset.WrittenSpan.ToArray());
        (_awaitsDataset, _dataset) = (null, null);
        return message;
    }
}
