using System.Buffers;
using FlywheelDicom.IO;

namespace FlywheelDicom.Network.Wire;

/// <summary>
/// Writes messages as P-DATA-TF PDUs (PS3.8 §9.3.5, Annex E), one at a time. The data set is read directly into the PDU. Its beginning is
/// read before the message may be sent, and one buffer is filled while the other is being sent.
/// </summary>
internal sealed class MessageWriter : IDisposable
{
    private const int BufferSize = 256 * 1024;

    private readonly PduTransport _transport;
    private readonly TimeSpan _timeout;
    private readonly int _maxData;
    private readonly int _bufferSize;
    private readonly SentBytes? _sent;
    private readonly byte[] _command = new byte[DimseCommand.MaxLength];
    private byte[] _filling;
    private byte[] _sending = [];
    private int _length;
    private Task? _write;
    private byte _contextId;
    private DatasetSource? _source;
    private long _counted;

    /// <param name="transport">Where PDUs go.</param>
    /// <param name="peerLimit">The longest PDU that the peer takes, 0 for no limit.</param>
    /// <param name="ownLimit">The longest that we send.</param>
    /// <param name="timeout">For each write.</param>
    /// <param name="sent">Counts the bytes of data sets as they are sent; null: nobody asks.</param>
    public MessageWriter(PduTransport transport, uint peerLimit, int ownLimit, TimeSpan timeout, SentBytes? sent = null)
    {
        _sent = sent;
        _transport = transport;
        _timeout = timeout;
        var limit = peerLimit == 0 ? ownLimit : (int)Math.Min(peerLimit, (uint)ownLimit);
        // Some peers count the header of the PDU too, and some need fragments of even length.
        _maxData = Math.Max(2, (limit - Pdv.HeaderSize) & ~1);
        _bufferSize = Math.Max(BufferSize, _maxData + Pdv.HeaderSize);
        _filling = ArrayPool<byte>.Shared.Rent(_bufferSize);
    }

    /// <summary>A command without a data set.</summary>
    public void Begin(byte contextId, DimseCommand command)
    {
        (_contextId, _source, _length, _counted) = (contextId, null, 0, 0);
        var length = command.Encode(_command);
        for (var framed = 0; framed < length;)
        {
            var count = Math.Min(_maxData, length - framed);
            _command.AsSpan(framed, count).CopyTo(_filling.AsSpan(_length + Pdv.HeaderSize));
            framed += count;
            Frame(count, framed == length ? PdvFlags.Command | PdvFlags.Last : PdvFlags.Command);
        }
    }

    /// <summary>A command and its data set, of which as much is read as fits into the buffer. Nothing is sent yet.</summary>
    /// <param name="context">The presentation context.</param>
    /// <param name="command">The command set.</param>
    /// <param name="dataset">In the context's transfer syntax.</param>
    /// <exception cref="InvalidOperationException">The context is for another class or syntax.</exception>
    /// <exception cref="DicomFormatException">The data set ends early: the message cannot be made.</exception>
    public void Begin(PresentationContext context, DimseCommand command, OutgoingDataset dataset)
    {
        if (!context.IsAccepted || context.AbstractSyntax != command.SopClassUid || context.AcceptedTransferSyntax != dataset.TransferSyntaxUid)
        {
            throw new InvalidOperationException(
                $"{DicomUID.Lookup(command.SopClassUid ?? "")} in {DicomUID.Lookup(dataset.TransferSyntaxUid)} was not sent: presentation context {context.Id} was agreed on for something else.");
        }
        Begin(context.Id, command);
        _source = new DatasetSource(dataset.Content, dataset.Length);
        Fill();
    }

    /// <summary>Bytes of the data set that were read so far.</summary>
    public long DatasetLength => _source?.Total ?? 0;

    /// <summary>What was begun takes more than one piece.</summary>
    public bool IsLong => _source is { IsAtEnd: false };

    /// <summary>Sends what was begun, to its end.</summary>
    /// <exception cref="DicomFormatException">The data set ends early: the message cannot be finished.</exception>
    public async ValueTask SendAsync()
    {
        await SendBeginningAsync().ConfigureAwait(false);
        await SendRestAsync().ConfigureAwait(false);
    }

    /// <summary>Sends what was begun, except the last piece, which has the last fragment.</summary>
    /// <param name="onWait">Called each time that the peer does not take a piece at once.</param>
    /// <exception cref="DicomFormatException">The data set ends early: the message cannot be finished.</exception>
    public async ValueTask SendBeginningAsync(Action? onWait = null)
    {
        while (_source is { IsAtEnd: false })
        {
            await DrainAsync(onWait).ConfigureAwait(false);
            if (_sending.Length == 0)
                _sending = ArrayPool<byte>.Shared.Rent(_bufferSize);
            (_filling, _sending) = (_sending, _filling);
            _write = _transport.WriteAsync(_sending.AsMemory(0, _length), _timeout).AsTask();
            _length = 0;
            Count();
            Fill();
        }
        await DrainAsync(onWait).ConfigureAwait(false);
    }

    /// <summary>Sends the last piece.</summary>
    /// <param name="onWait">Called where the peer does not take it at once.</param>
    public ValueTask SendRestAsync(Action? onWait = null)
    {
        Count();
        var write = _transport.WriteAsync(_filling.AsMemory(0, _length), _timeout);
        if (!write.IsCompleted)
            onWait?.Invoke();
        return write;
    }

    /// <summary>Waits for the write that is under way. Call it after a failure too, so that no buffer is returned while it is in use.</summary>
    public async ValueTask DrainAsync(Action? onWait = null)
    {
        if (_write is { } write)
        {
            _write = null;
            if (!write.IsCompleted)
                onWait?.Invoke();
            await write.ConfigureAwait(false);
        }
    }

    /// <summary>The message failed: what was sent of it does not count.</summary>
    public void Withdraw()
    {
        _sent?.Withdraw(_counted);
        _counted = 0;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_filling);
        if (_sending.Length > 0)
            ArrayPool<byte>.Shared.Return(_sending);
        (_filling, _sending) = ([], []);
    }

    private void Count()
    {
        if (_sent is null || _source is null)
            return;
        _sent.Add(_source.Total - _counted);
        _counted = _source.Total;
    }

    private void Fill()
    {
        while (!_source!.IsAtEnd && _filling.Length - _length >= _maxData + Pdv.HeaderSize)
        {
            var read = _source.Read(_filling.AsSpan(_length + Pdv.HeaderSize, _maxData));
            Frame(read, _source.IsAtEnd ? PdvFlags.Last : PdvFlags.None);
        }
    }

    private void Frame(int dataLength, PdvFlags flags)
    {
        Pdv.WriteHeader(_filling.AsSpan(_length), _contextId, flags, dataLength);
        _length += Pdv.HeaderSize + dataLength;
    }
}
