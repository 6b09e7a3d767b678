using System.Buffers;
using System.Buffers.Binary;
using FlywheelDicom.IO;

namespace FlywheelDicom.Network;

/// <summary>
/// Frames messages as P-DATA-TF PDUs (PS3.8 §9.3.5, Annex E). The data set is read straight into the place where it will stand
/// in the PDU, and one buffer fills while the other is on its way.
/// </summary>
internal sealed class MessageWriter : IDisposable
{
    private const int PduHeader = 6;
    private const int PdvHeader = 6;
    private const int BufferSize = 256 * 1024;

    private readonly PduTransport _transport;
    private readonly TimeSpan _timeout;
    private readonly int _maxData;
    private byte[] _filling;
    private byte[] _sending;
    private int _length;
    private Task? _write;

    /// <param name="transport">Where PDUs go.</param>
    /// <param name="peerLimit">The longest PDU that the peer takes, 0 for no limit.</param>
    /// <param name="ownLimit">The longest that we send.</param>
    /// <param name="timeout">For each write to make its way.</param>
    public MessageWriter(PduTransport transport, uint peerLimit, int ownLimit, TimeSpan timeout)
    {
        _transport = transport;
        _timeout = timeout;
        var limit = peerLimit == 0 ? ownLimit : (int)Math.Min(peerLimit, (uint)ownLimit);
        // Some peers count the PDU's own header too, and some want fragments of even size: both cost nothing to please.
        _maxData = Math.Max(2, (limit - PduHeader - PdvHeader) & ~1);
        var size = Math.Max(BufferSize, _maxData + PduHeader + PdvHeader);
        _filling = ArrayPool<byte>.Shared.Rent(size);
        _sending = ArrayPool<byte>.Shared.Rent(size);
    }

    /// <summary>Sends a command without a data set.</summary>
    public async ValueTask WriteAsync(byte contextId, DimseCommand command)
    {
        await CommandAsync(contextId, command).ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Sends a command and the data set that belongs to it; returns the data set's bytes.</summary>
    /// <param name="contextId">The presentation context.</param>
    /// <param name="command">The command set.</param>
    /// <param name="dataset">Read to its end, or to <paramref name="length"/>.</param>
    /// <param name="length">Bytes the data set must have; -1 where only its end tells.</param>
    /// <exception cref="DicomFormatException">The data set ends early: the message cannot be finished.</exception>
    public async ValueTask<long> WriteAsync(byte contextId, DimseCommand command, Stream dataset, long length)
    {
        await CommandAsync(contextId, command).ConfigureAwait(false);
        var source = new DatasetSource(dataset, length);
        do
        {
            var room = await RoomAsync().ConfigureAwait(false);
            var read = source.Read(_filling.AsSpan(_length + PduHeader + PdvHeader, Math.Min(room, _maxData)));
            Frame(contextId, read, isCommand: false, isLast: source.IsAtEnd);
        }
        while (!source.IsAtEnd);
        await FlushAsync().ConfigureAwait(false);
        return source.Total;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_filling);
        ArrayPool<byte>.Shared.Return(_sending);
        (_filling, _sending) = ([], []);
    }

    private async ValueTask CommandAsync(byte contextId, DimseCommand command)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(512);
        try
        {
            var length = command.Encode(bytes);
            for (var sent = 0; sent < length;)
            {
                var room = await RoomAsync().ConfigureAwait(false);
                var count = Math.Min(Math.Min(room, _maxData), length - sent);
                bytes.AsSpan(sent, count).CopyTo(_filling.AsSpan(_length + PduHeader + PdvHeader));
                sent += count;
                Frame(contextId, count, isCommand: true, isLast: sent == length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>How much data the next PDU in the buffer can hold; sends what is there where that is too little.</summary>
    private async ValueTask<int> RoomAsync()
    {
        var headers = PduHeader + PdvHeader;
        if (_filling.Length - _length - headers < _maxData)
            await SendAsync().ConfigureAwait(false);
        return _filling.Length - _length - headers;
    }

    private void Frame(byte contextId, int dataLength, bool isCommand, bool isLast)
    {
        var pdu = _filling.AsSpan(_length);
        pdu[0] = (byte)PduType.Data;
        pdu[1] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(pdu[2..], (uint)(PdvHeader + dataLength));
        BinaryPrimitives.WriteUInt32BigEndian(pdu[6..], (uint)(2 + dataLength));
        pdu[10] = contextId;
        pdu[11] = (byte)((isCommand ? 1 : 0) | (isLast ? 2 : 0));
        _length += PduHeader + PdvHeader + dataLength;
    }

    /// <summary>Starts to send the buffer, once the one before is away.</summary>
    private async ValueTask SendAsync()
    {
        await DrainAsync().ConfigureAwait(false);
        if (_length == 0)
            return;
        (_filling, _sending) = (_sending, _filling);
        _write = _transport.WriteAsync(_sending.AsMemory(0, _length), _timeout).AsTask();
        _length = 0;
    }

    private async ValueTask FlushAsync()
    {
        await SendAsync().ConfigureAwait(false);
        await DrainAsync().ConfigureAwait(false);
    }

    /// <summary>Waits for the write under way; also after a failure, so that no buffer is given back while in use.</summary>
    public async ValueTask DrainAsync()
    {
        if (_write is { } write)
        {
            _write = null;
            await write.ConfigureAwait(false);
        }
    }
}
