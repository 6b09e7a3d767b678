namespace FlywheelDicom.Flywheel;

/// <summary>Measures how long a request has been failing. Progress resets it, so that a long download is not ended while bytes come.</summary>
internal sealed class RetryClock(TimeSpan retryTime, TimeProvider time)
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    private long? _failingSince;
    private int _failures;

    public void Progress() => (_failingSince, _failures) = (null, 0);

    /// <summary>The wait before the next try; null where it would end after the retry time.</summary>
    /// <param name="serverDelay">The wait that the server asks for, if it does.</param>
    public TimeSpan? NextDelay(TimeSpan? serverDelay)
    {
        _failingSince ??= time.GetTimestamp();
        var doubled = s_first * Math.Pow(2, Math.Min(_failures++, 10));
        var jittered = (doubled < s_longest ? doubled : s_longest) * (0.75 + 0.5 * Random.Shared.NextDouble());
        var delay = serverDelay ?? jittered;
        return time.GetElapsedTime(_failingSince.Value) + delay <= retryTime ? delay : null;
    }
}
