namespace FlywheelDicom.Transfer.Progress;

/// <summary>How far reading or fetching is, at one moment.</summary>
internal sealed record ReadSnapshot
{
    public long Found { get; init; }
    public long Ahead { get; init; }
    public long Failed { get; init; }
    public bool IsTotalKnown { get; init; }
    public long Files { get; init; }
    public long FetchedFiles { get; init; }
    public long Fetched { get; init; }
    public long FetchBytes { get; init; }
    public double BytesPerSecond { get; init; }
    public double InstancesPerSecond { get; init; }
    public TimeSpan? TimeLeft { get; init; }
    public string? Current { get; init; }

    /// <summary>Nothing has come for a second, and it is waited for.</summary>
    public bool IsWaiting { get; init; }

    /// <summary>For how long nothing has moved.</summary>
    public TimeSpan Standing { get; init; }

    /// <summary>What is being tried again; null where nothing is.</summary>
    public string? Retry { get; init; }

    /// <summary>0 to 100, by bytes that were fetched or, where nothing is fetched, that were found; -1 where it cannot be told.</summary>
    public int Percent { get; init; } = -1;
}
