namespace FlywheelDicom.Transfer.Progress;

/// <summary>
/// How fast something goes, over the last ten seconds: a stop shows in the rate at once, and ten seconds later it is zero. It is for one
/// thread, the one that draws.
/// </summary>
internal sealed class RateWindow(TimeProvider time)
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    /// <summary>Samples are at least so far apart, however often it is asked.</summary>
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(100);

    private readonly Queue<Sample> _samples = new();
    private Sample _last = new(time.GetTimestamp(), 0, 0);

    /// <summary>Bytes and instances per second.</summary>
    /// <param name="bytes">All bytes so far.</param>
    /// <param name="instances">All instances so far.</param>
    public (double Bytes, double Instances) At(long bytes, long instances)
    {
        var now = time.GetTimestamp();
        if (_samples.Count == 0)
            _samples.Enqueue(_last);
        if (time.GetElapsedTime(_last.Time, now) >= s_step)
            _samples.Enqueue(_last = new Sample(now, bytes, instances));
        // One sample from before the window is kept: the window is always whole.
        while (_samples.Count > 1 && time.GetElapsedTime(Second().Time, now) >= Length)
            _samples.Dequeue();
        var first = _samples.Peek();
        var seconds = time.GetElapsedTime(first.Time, now).TotalSeconds;
        // What was counted can become less where a try failed.
        return seconds <= 0 ? (0, 0) : (Math.Max(0, bytes - first.Bytes) / seconds, Math.Max(0, instances - first.Instances) / seconds);
    }

    private Sample Second()
    {
        var samples = _samples.GetEnumerator();
        samples.MoveNext();
        samples.MoveNext();
        return samples.Current;
    }

    private readonly record struct Sample(long Time, long Bytes, long Instances);
}
