namespace FlywheelDicom.Flywheel;

/// <summary>How long one request has been failing. Progress sets it back, so that a long download that keeps moving is not cut off.</summary>
internal sealed class RetryClock(TimeSpan retryTime, TimeProvider time)
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    private long? _failingSince;
    private int _failures;

    public void Progress() => (_failingSince, _failures) = (null, 0);

    /// <summary>How long to wait before the next try; null where that would be past the retry time.</summary>
    public TimeSpan? NextDelay(TimeSpan? asked)
    {
        _failingSince ??= time.GetTimestamp();
        var doubled = s_first * Math.Pow(2, Math.Min(_failures++, 10));
        var jittered = (doubled < s_longest ? doubled : s_longest) * (0.75 + 0.5 * Random.Shared.NextDouble());
        var delay = asked ?? jittered;
        return time.GetElapsedTime(_failingSince.Value) + delay <= retryTime ? delay : null;
    }
}
