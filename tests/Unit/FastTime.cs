using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

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

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 11, 28, 22, 25, 7, TimeSpan.Zero) + new TimeSpan(Volatile.Read(ref _now));

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public void Move(TimeSpan by) => Interlocked.Add(ref _now, by.Ticks);
}

/// <summary>
/// A clock that moves only by what is waited for: each timer is over at once, and the time that it would have taken has passed. How
/// loaded the machine is changes nothing.
/// </summary>
internal sealed class SkippingTime : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan)
            return System.CreateTimer(callback, state, dueTime, period);
        Interlocked.Add(ref _now, dueTime.Ticks);
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}

internal static class TimeFromOutside
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    /// <summary>Moves a clock on until something has ended that only time ends.</summary>
    public static async Task RunOutAsync(this FakeTimeProvider time, Task task)
    {
        for (var watch = Stopwatch.StartNew(); !task.IsCompleted && watch.Elapsed < s_patience;)
        {
            time.Advance(s_step);
            await Task.WhenAny(task, Task.Delay(s_moment));
        }
        Assert.True(task.IsCompleted);
    }
}
