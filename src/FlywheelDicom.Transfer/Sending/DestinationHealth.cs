namespace FlywheelDicom.Transfer.Sending;

/// <summary>Why a destination is of no use for now.</summary>
internal readonly record struct DestinationFailure(string ErrorId, string Message);

/// <summary>How much an instance may be tried, by what became of those before it.</summary>
internal enum DestinationState
{
    /// <summary>As long as the retry time lasts.</summary>
    Well,

    /// <summary>Once: those before were tried again and again, and none was taken.</summary>
    Doubtful,

    /// <summary>Not at all.</summary>
    Down,
}

/// <summary>
/// What is known of the destination from the instances before. One that gave no association for a whole retry time is down: the rest
/// is not waited for, but for one try every half minute. An instance that gets no answer may be at fault itself, whether the peer
/// aborts, garbles or is silent. So the first few in a row are tried in full, the next ones once each, and only then it is down: one that
/// took many before is given more, since it may be one series that it cannot take. One that answers with failures is there: once a few in
/// a row were not taken, each is tried once.
/// </summary>
internal sealed class DestinationHealth(TimeProvider time)
{
    /// <summary>Instances in a row that are tried in full.</summary>
    public const int MaxInFull = 3;

    /// <summary>Instances in a row without an answer after which it is down; as many as it took before, where those were more.</summary>
    public const int MaxUnanswered = 10;

    /// <summary>And never more than so many.</summary>
    public const int MaxUnansweredEver = 200;

    /// <summary>The same where each costs a whole time-out.</summary>
    public const int MaxTimedOut = 4;

    /// <summary>How long it is left alone while it is down.</summary>
    public static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(30);

    private readonly object _lock = new();
    private DestinationFailure? _down;
    private bool _isFull;
    private int _unanswered;
    private int _notTaken;
    private int _taken;
    private long? _lastAnswer;
    private long _downSince;

    /// <summary>How much the next instance may be tried; where it is down, why.</summary>
    public (DestinationState State, DestinationFailure? Failure) Check()
    {
        lock (_lock)
        {
            if (_down is null)
                return (_isFull || _unanswered >= MaxInFull || _notTaken >= MaxInFull ? DestinationState.Doubtful : DestinationState.Well, null);
            if (time.GetElapsedTime(_downSince) < ProbeEvery)
                return (DestinationState.Down, _down);
            _downSince = time.GetTimestamp();
            return (DestinationState.Doubtful, null);
        }
    }

    /// <summary>It has answered an instance since then, over whatever association.</summary>
    public bool HasAnsweredSince(long timestamp)
    {
        lock (_lock)
            return _lastAnswer >= timestamp;
    }

    /// <summary>It answered, at last: it is there, though it may have no room, or take nothing.</summary>
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

    /// <summary>An instance was given up for good.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="begun">When it was first tried.</param>
    public void Failed(DicomNetworkException failure, long begun)
    {
        // The peer has answered, and what it said concerns one class and syntax.
        if (failure.Error is DicomNetworkError.ContextRefused)
            return;
        lock (_lock)
        {
            if (!failure.IsNegotiation)
            {
                var isSlow = failure.Error is DicomNetworkError.ResponseTimeout or DicomNetworkError.WriteTimeout;
                // One that was down already, and was tried once more, stays so.
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
