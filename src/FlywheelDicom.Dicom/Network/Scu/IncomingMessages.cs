using System.Diagnostics.CodeAnalysis;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>
/// Reads the messages of the peer, and gives each response to the message that it answers. Only the caller that has the turn reads. It keeps
/// the turn until its read has ended, so there are never two reads at once.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim whose wait handle nobody asks for holds nothing; others may wait for the turn when the connection is closed.")]
internal sealed class IncomingMessages(PduTransport transport, MessagesUnderWay underWay, uint maxPduLength)
{
    private const int MaxDataset = 16 * 1024 * 1024;
    private const int MaxUnasked = 16;
    private const int MaxLooks = 20;

    /// <summary>How long to wait for another thread. It is real time, also where the clock of a test stands still.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(1);

    private readonly MessageReader _reader = new(transport, maxPduLength, MaxDataset);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly object _deadlineLock = new();

    /// <summary>Requests of the peer that arrived while a response was waited for.</summary>
    private readonly Queue<DimseMessage> _requests = new();
    private Task<DimseMessage>? _read;
    private long _until = long.MaxValue;

    /// <summary>The time when reading ends, whatever is under way.</summary>
    public long Until
    {
        set
        {
            lock (_deadlineLock)
                _until = value;
            SetDeadline();
        }
    }

    /// <summary>Nothing has arrived that is not read yet.</summary>
    public bool IsQuiet => !_reader.HasRest && transport.IsQuiet;

    public bool TryTakeTurn() => _turn.Wait(0);

    public Task TakeTurnAsync() => _turn.WaitAsync();

    /// <summary>False if the turn was not free within this time.</summary>
    public Task<bool> TakeTurnAsync(TimeSpan timeout) => _turn.WaitAsync(timeout);

    /// <summary>Gives the turn back. If a read is still under way, the connection was closed, and the read ends soon: it is waited for.</summary>
    public async ValueTask EndTurnAsync()
    {
        if (_read is { } read)
        {
            _read = null;
            await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        _turn.Release();
    }

    /// <summary>Sets the deadline anew, after the messages under way have changed. When the first response is overdue the connection is closed.</summary>
    public void SetDeadline()
    {
        lock (_deadlineLock)
            transport.ReadDeadline = Math.Min(_until, underWay.EarliestDeadline);
    }

    /// <summary>Begins a read, so that what arrives from now on is not lost with the connection. Only with the turn.</summary>
    public void BeginRead() => _read ??= _reader.ReadAsync().AsTask();

    /// <summary>Reads what has arrived already, until this message is answered. Only with the turn.</summary>
    public async ValueTask ReadPresentAsync(MessageUnderWay message)
    {
        var isUnderWay = _read is not null;
        while (underWay.AnswerTo(message) is null)
        {
            if (_read is null && IsQuiet)
                return;
            BeginRead();
            // A read that was begun before takes what has arrived since then, but on another thread.
            for (var i = 0; isUnderWay && i < MaxLooks && !_read!.IsCompleted && !transport.IsQuiet; i++)
                await Task.Delay(s_look, TimeProvider.System).ConfigureAwait(false);
            if (!_read!.IsCompleted)
                return;
            await ReadOneAsync().ConfigureAwait(false);
            isUnderWay = false;
        }
    }

    /// <summary>Waits until the caller that has the turn has read what has arrived so far.</summary>
    public async ValueTask SettleAsync()
    {
        for (var i = 0; i < MaxLooks && !(Volatile.Read(ref _read) is { IsCompleted: false } && transport.IsQuiet); i++)
            await Task.Delay(s_look, TimeProvider.System).ConfigureAwait(false);
    }

    /// <summary>Takes the message that was read last before the connection was closed, if there is one. Only with the turn.</summary>
    public async ValueTask TakeLastAsync()
    {
        if (_read is { IsCompletedSuccessfully: true })
            await ReadOneAsync().ConfigureAwait(false);
    }

    /// <summary>The next request. Only with the turn.</summary>
    public async ValueTask<DimseMessage> ReadRequestAsync()
    {
        DimseMessage request;
        while (!_requests.TryDequeue(out request))
            await ReadOneAsync().ConfigureAwait(false);
        return request;
    }

    /// <summary>Reads one message: a response is given to its request, a request is put into the queue. Only with the turn.</summary>
    /// <exception cref="IOException">The connection is lost; or the peer has released or aborted.</exception>
    /// <exception cref="InvalidDataException">It makes no sense.</exception>
    public async ValueTask ReadOneAsync()
    {
        _read ??= _reader.ReadAsync().AsTask();
        DimseMessage message;
        try
        {
            message = await _read.ConfigureAwait(false);
        }
        finally
        {
            _read = null;
        }
        if (message.Command.IsResponse)
            underWay.Accept(message, _reader.LastCommand, transport.DeadlineIn(default));
        else if (_requests.Count < MaxUnasked)
            _requests.Enqueue(message);
        else
            throw new InvalidDataException("Requests came where responses were due.");
        SetDeadline();
    }
}
