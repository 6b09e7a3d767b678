namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// Decides from earlier results how often the next instance is tried. A destination that accepted no association for a whole retry
/// time is down: instances fail at once, and one is tried every 30 seconds. If an instance gets no answer (the peer aborts, sends an
/// invalid message or nothing), the instance itself may be the cause. So the first few in a row are retried in full, the next ones
/// are tried once each, and only then the destination is down. If it had taken many instances before, more are tried, since only one
/// series may be the cause. A destination that answers with failure statuses is up: after a few such instances in a row, each is
/// tried once.
/// </summary>
internal sealed class DestinationHealth(TimeProvider time)
{
    /// <summary>Failed instances in a row that are retried in full.</summary>
    public const int MaxInFull = 3;

    /// <summary>Instances in a row without an answer after which the destination is down; as many as it took before, if that is more.</summary>
    public const int MaxUnanswered = 10;

    /// <summary>The upper limit of that number.</summary>
    public const int MaxUnansweredEver = 200;

    /// <summary>The same number where each one took a whole time-out.</summary>
    public const int MaxTimedOut = 4;

    /// <summary>While the destination is down, one instance is tried in this interval.</summary>
    public static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(30);

    private readonly object _lock = new();
    private DestinationFailure? _down;
    private bool _isFull;
    private int _unanswered;
    private int _notTaken;
    private int _taken;
    private long? _lastAnswer;
    private long _downSince;

    /// <summary>The state for the next instance, and why the destination is down where it is.</summary>
    public (DestinationState State, DestinationFailure? Failure) Check()
    {
        lock (_lock)
        {
            if (_down is null)
                return (_isFull || _unanswered >= MaxInFull || _notTaken >= MaxInFull ? DestinationState.Doubtful : DestinationState.Available, null);
            if (time.GetElapsedTime(_downSince) < ProbeInterval)
                return (DestinationState.Down, _down);
            _downSince = time.GetTimestamp();
            return (DestinationState.Doubtful, null);
        }
    }

    /// <summary>Whether the destination has answered an instance since then, over any association.</summary>
    public bool HasAnsweredSince(long timestamp)
    {
        lock (_lock)
            return _lastAnswer >= timestamp;
    }

    /// <summary>Notes that the destination answered an instance, with whatever status.</summary>
    public void Answered(DicomStatus status)
    {
        lock (_lock)
        {
            (_unanswered, _down, _isFull, _lastAnswer) = (0, null, status.Retry == RetryAdvice.BackOff, time.GetTimestamp());
            _notTaken = status.State == DicomState.Failure ? _notTaken + 1 : 0;
            if (status.State != DicomState.Failure && _taken < MaxUnansweredEver)
                _taken++;
        }
    }

    /// <summary>Notes that an instance failed after its last try.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="begun">The timestamp of its first try.</param>
    public void Failed(DicomNetworkException failure, long begun)
    {
        // The peer has answered. The refusal concerns one SOP class and transfer syntax only.
        if (failure.Error is DicomNetworkError.ContextRefused)
            return;
        lock (_lock)
        {
            if (!failure.IsNegotiation)
            {
                var isSlow = failure.Error is DicomNetworkError.ResponseTimeout or DicomNetworkError.WriteTimeout;
                // A destination that was down before this try stays down.
                if (++_unanswered < (isSlow ? MaxTimedOut : Math.Max(MaxUnanswered, _taken)) && _down is null)
                    return;
            }
            else if (_lastAnswer >= begun)
            {
                // Another association had answers meanwhile: there is one too many of them, but the destination is there.
                return;
            }
            _down = new DestinationFailure(failure.ErrorId, failure.Message);
            _downSince = time.GetTimestamp();
        }
    }
}
