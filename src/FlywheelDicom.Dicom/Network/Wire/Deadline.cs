namespace FlywheelDicom.Network.Wire;

/// <summary>A point in time by which something must be done, however many steps it takes.</summary>
internal readonly struct Deadline(TimeProvider time, TimeSpan limit)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>Zero once it has passed.</summary>
    public TimeSpan Remaining => RemainingWith(TimeSpan.Zero);

    public TimeSpan RemainingWith(TimeSpan more)
    {
        var left = limit + more - time.GetElapsedTime(_start);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
