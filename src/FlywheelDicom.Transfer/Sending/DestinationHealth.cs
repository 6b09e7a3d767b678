using FlywheelDicom.Network;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>Why a destination is of no use for now.</summary>
internal readonly record struct DestinationFailure(string ErrorId, string Message);

/// <summary>
/// What is known of the destination from the instances before: one that gave no association for a whole retry time is not waited
/// for again by each that follows. They fail at once with the reason, but for one try every half minute. An answer that never came
/// may be the instance's own fault, so that takes several in a row. One that says "out of resources" may mean that instance alone:
/// those that follow are tried, but once only, until one is taken.
/// </summary>
internal sealed class DestinationHealth
{
    private const long ProbeEvery = 30_000;
    private const int MaxUnanswered = 3;

    private readonly object _lock = new();
    private DestinationFailure? _down;
    private bool _isFull;
    private int _unanswered;
    private long _nextProbe;

    /// <summary>The failure to report without a try; or whether a single try is all that is worth it now.</summary>
    public (DestinationFailure? Down, bool OnceOnly) Check()
    {
        lock (_lock)
        {
            if (_down is null)
                return (null, _isFull);
            if (Environment.TickCount64 < _nextProbe)
                return (_down, false);
            _nextProbe = Environment.TickCount64 + ProbeEvery;
            return (null, true);
        }
    }

    /// <summary>It answered, at last: it is there, though it may have no room.</summary>
    public void Answered(DicomStatus status)
    {
        lock (_lock)
            (_unanswered, _down, _isFull) = (0, null, status.Retry == RetryAdvice.BackOff);
    }

    /// <summary>An instance was given up for good.</summary>
    public void Failed(DicomNetworkException failure)
    {
        lock (_lock)
        {
            if (!failure.IsNegotiation
                && (failure.Error is not (DicomNetworkError.ResponseTimeout or DicomNetworkError.ConnectionLost) || ++_unanswered < MaxUnanswered))
                return;
            _down = new DestinationFailure(failure.ErrorId, failure.Message);
            _nextProbe = Environment.TickCount64 + ProbeEvery;
        }
    }
}
