using System.Diagnostics.CodeAnalysis;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>
/// What comes from the peer: read by one at a time, whoever has the turn, and given to the message that it answers. A read that was
/// begun stays with the turn until it has ended, so that no two ever read at once.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim whose wait handle nobody asks for holds nothing; others may wait for the turn when the connection is closed.")]
internal sealed class IncomingMessages(PduTransport transport, MessagesUnderWay underWay, uint maxPduLength)
{
    private const int MaxDataset = 16 * 1024 * 1024;
    private const int MaxUnasked = 16;
    private const int MaxLooks = 20;

    /// <summary>A moment for another thread. It is real also where a test's clock stands still.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(1);

    private readonly MessageReader _reader = new(transport, maxPduLength, MaxDataset);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly object _deadlineLock = new();

    /// <summary>Requests of the peer that came while a response was waited for.</summary>
    private readonly Queue<DimseMessage> _requests = new();
    private Task<DimseMessage>? _read;
    private long _until = long.MaxValue;

    /// <summary>When reading ends, whatever is under way.</summary>
    public long Until
    {
        set
        {
            lock (_deadlineLock)
                _until = value;
            SetDeadline();
        }
    }

    /// <summary>Nothing has come that nobody waits for.</summary>
    public bool IsQuiet => !_reader.HasRest && transport.IsQuiet;

    public bool TryTakeTurn() => _turn.Wait(0);

    public Task TakeTurnAsync() => _turn.WaitAsync();

    public Task<bool> TakeTurnAsync(TimeSpan patience) => _turn.WaitAsync(patience);

    /// <summary>Gives the turn back. A read that was begun is waited for: the connection was given up, which ends it.</summary>
    public async ValueTask EndTurnAsync()
    {
        if (_read is { } read)
        {
            _read = null;
            await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        _turn.Release();
    }

    /// <summary>Something in what is under way has changed: the connection is closed on the first of it that is overdue.</summary>
    public void SetDeadline()
    {
        lock (_deadlineLock)
            transport.ReadDeadline = Math.Min(_until, underWay.EarliestDeadline);
    }

    /// <summary>Begins to read: what comes from now on is not lost with the connection. Who has the turn alone.</summary>
    public void BeginRead() => _read ??= _reader.ReadAsync().AsTask();

    /// <summary>Reads what is there already, until this message is answered. Who has the turn alone.</summary>
    public async ValueTask ReadPresentAsync(MessageUnderWay message)
    {
        var isUnderWay = _read is not null;
        while (underWay.AnswerTo(message) is null)
        {
            if (_read is null && IsQuiet)
                return;
            BeginRead();
            // A read that was begun before takes what has arrived since, but on another thread.
            for (var i = 0; isUnderWay && i < MaxLooks && !_read!.IsCompleted && !transport.IsQuiet; i++)
                await Task.Delay(s_look, TimeProvider.System).ConfigureAwait(false);
            if (!_read!.IsCompleted)
                return;
            await ReadOneAsync().ConfigureAwait(false);
            isUnderWay = false;
        }
    }

    /// <summary>Lets whoever has the turn take what has arrived till now.</summary>
    public async ValueTask SettleAsync()
    {
        for (var i = 0; i < MaxLooks && !(Volatile.Read(ref _read) is { IsCompleted: false } && transport.IsQuiet); i++)
            await Task.Delay(s_look, TimeProvider.System).ConfigureAwait(false);
    }

    /// <summary>Takes the message that was read last before the connection was given up, if there is one. Who has the turn alone.</summary>
    public async ValueTask TakeLastAsync()
    {
        if (_read is { IsCompletedSuccessfully: true })
            await ReadOneAsync().ConfigureAwait(false);
    }

    /// <summary>The next request. Who has the turn alone.</summary>
    public async ValueTask<DimseMessage> ReadRequestAsync()
    {
        DimseMessage request;
        while (!_requests.TryDequeue(out request))
            await ReadOneAsync().ConfigureAwait(false);
        return request;
    }

    /// <summary>One message, and puts it where it belongs. Who has the turn alone.</summary>
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
