namespace FlywheelDicom;

/// <summary>
/// Bytes over time, in at most 240 equal spans: where a run outgrows them, two become one. So a chart of a run of seconds and of
/// one of days takes the same memory.
/// </summary>
internal sealed class Throughput(TimeProvider time)
{
    public const int MaxSpans = 240;

    private readonly long _start = time.GetTimestamp();
    private readonly long[] _bytes = new long[MaxSpans];
    private int _used;

    /// <summary>How long one span is.</summary>
    public TimeSpan Span { get; private set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The bytes of each span, from the start to the last one that something was added in.</summary>
    public IReadOnlyList<long> Bytes => _bytes[.._used];

    public void Add(long bytes)
    {
        var elapsed = time.GetElapsedTime(_start);
        while (elapsed >= Span * MaxSpans)
            Halve();
        var at = (int)(elapsed / Span);
        _bytes[at] += bytes;
        _used = Math.Max(_used, at + 1);
    }

    private void Halve()
    {
        for (var i = 0; i < MaxSpans / 2; i++)
            _bytes[i] = _bytes[2 * i] + _bytes[2 * i + 1];
        Array.Clear(_bytes, MaxSpans / 2, MaxSpans / 2);
        _used = (_used + 1) / 2;
        Span *= 2;
    }
}
