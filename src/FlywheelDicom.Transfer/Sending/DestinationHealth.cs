using FlywheelDicom.Network;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// What is known of the destination from the instances before: one that stayed unreachable for a whole retry time is not
/// waited for again by each that follows. They fail at once with the reason, but for one try every half minute.
/// </summary>
internal sealed class DestinationHealth
{
    private const long ProbeEvery = 30_000;

    private readonly object _lock = new();
    private DicomNetworkException? _lastFailure;
    private long _nextProbe;

    /// <summary>Null: try as usual. Otherwise the failure to report, unless this instance is the probe.</summary>
    public (DicomNetworkException? Down, bool IsProbe) Check()
    {
        lock (_lock)
        {
            if (_lastFailure is null)
                return (null, false);
            if (Environment.TickCount64 < _nextProbe)
                return (_lastFailure, false);
            _nextProbe = Environment.TickCount64 + ProbeEvery;
            return (null, true);
        }
    }

    public void Succeeded()
    {
        if (_lastFailure is null)
            return;
        lock (_lock)
            _lastFailure = null;
    }

    /// <summary>An instance was given up for good.</summary>
    public void Failed(DicomNetworkException failure)
    {
        if (failure.Error is not (DicomNetworkError.HostNotFound or DicomNetworkError.ConnectionRefused or DicomNetworkError.ConnectionFailed
            or DicomNetworkError.ConnectTimeout or DicomNetworkError.AssociationRejected or >= DicomNetworkError.CertificateExpired))
            return;
        lock (_lock)
        {
            _lastFailure = failure;
            _nextProbe = Environment.TickCount64 + ProbeEvery;
        }
    }
}
