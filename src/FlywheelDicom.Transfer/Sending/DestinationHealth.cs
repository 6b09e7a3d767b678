using FlywheelDicom.Network;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>Why a destination is of no use for now.</summary>
internal readonly record struct DestinationFailure(string ErrorId, string Message);

/// <summary>
/// What is known of the destination from the instances before: one that gave no association, or had no room, for a whole retry
/// time is not waited for again by each that follows. They fail at once with the reason, but for one try every half minute. An
/// answer that never came may be the instance's own fault, so that takes several in a row.
/// </summary>
internal sealed class DestinationHealth
{
    private const long ProbeEvery = 30_000;
    private const int MaxUnanswered = 3;

    private readonly object _lock = new();
    private DestinationFailure? _down;
    private int _unanswered;
    private long _nextProbe;

    /// <summary>Null: try as usual. Otherwise the failure to report, unless this instance is the probe.</summary>
    public (DestinationFailure? Down, bool IsProbe) Check()
    {
        lock (_lock)
        {
            if (_down is null)
                return (null, false);
            if (Environment.TickCount64 < _nextProbe)
                return (_down, false);
            _nextProbe = Environment.TickCount64 + ProbeEvery;
            return (null, true);
        }
    }

    /// <summary>It answered: it is alive, though it may still have no room.</summary>
    public void Answered(DicomStatus status, DicomDestination destination)
    {
        lock (_lock)
        {
            _unanswered = 0;
            if (status.Retry == RetryAdvice.BackOff)
                SetDown(new DestinationFailure("DicomStoreFailed", $"{destination} answered {status}, again and again."));
            else
                _down = null;
        }
    }

    /// <summary>An instance was given up for good.</summary>
    public void Failed(DicomNetworkException failure)
    {
        lock (_lock)
        {
            if (failure.IsNegotiation
                || (failure.Error is DicomNetworkError.ResponseTimeout or DicomNetworkError.ConnectionLost && ++_unanswered >= MaxUnanswered))
                SetDown(new DestinationFailure(failure.ErrorId, failure.Message));
        }
    }

    private void SetDown(DestinationFailure failure)
    {
        _down = failure;
        _nextProbe = Environment.TickCount64 + ProbeEvery;
    }
}
