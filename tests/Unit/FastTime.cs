using System.Diagnostics;

namespace FlywheelDicom.Unit;

/// <summary>A clock that runs so many times faster than the real one, and its timers with it: minutes of waiting in a moment.</summary>
internal sealed class FastTime(int factor) : TimeProvider
{
    private readonly long _started = Stopwatch.GetTimestamp();

    public override long TimestampFrequency => Stopwatch.Frequency;

    public override long GetTimestamp() => (Stopwatch.GetTimestamp() - _started) * factor;

    // Neither a task's delay nor a retry changes its timer later.
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        => System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / factor : dueTime, period);
}

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class StandingTime : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public void Move(TimeSpan by) => Interlocked.Add(ref _now, by.Ticks);
}
