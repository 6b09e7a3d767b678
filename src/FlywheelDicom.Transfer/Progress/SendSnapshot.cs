namespace FlywheelDicom.Transfer.Progress;

/// <summary>How far a run is, at one moment.</summary>
internal sealed record SendSnapshot
{
    /// <summary>Instances that have their result.</summary>
    public long Done { get; init; }

    /// <summary>All instances, as far as they are known.</summary>
    public long Total { get; init; }

    /// <summary>No more can come.</summary>
    public bool IsTotalKnown { get; init; }

    /// <summary>Bytes of what is done and of what is under way.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes of all that is known.</summary>
    public long TotalBytes { get; init; }

    public long Failed { get; init; }

    public double BytesPerSecond { get; init; }

    public double InstancesPerSecond { get; init; }

    /// <summary>Null where it cannot be told: nothing moves, or it is not known how much comes.</summary>
    public TimeSpan? TimeLeft { get; init; }

    public TimeSpan Elapsed { get; init; }

    /// <summary>The instance that was begun last.</summary>
    public string? Current { get; init; }

    /// <summary>Number and description of its series.</summary>
    public string? Series { get; init; }

    public ProgressState State { get; init; }

    /// <summary>For how long nothing has moved.</summary>
    public TimeSpan Standing { get; init; }

    public Outage? Outage { get; init; }

    /// <summary>0 to 100, by bytes; 100 only where all is done. -1 where it cannot be told.</summary>
    public int Percent
    {
        get
        {
            if (Total == 0 || TotalBytes == 0)
                return -1;
            var percent = (int)Math.Min(100, 100.0 * Bytes / TotalBytes);
            return percent == 100 && (Done < Total || !IsTotalKnown) ? 99 : percent;
        }
    }
}
