namespace FlywheelDicom.Transfer.Monitoring;

/// <summary>A try of an instance failed, and another one follows.</summary>
internal readonly record struct StoreRetryNotice
{
    /// <summary>The number of the try that follows; 2 is the first one after a failure.</summary>
    public required int NextTry { get; init; }

    /// <summary>Until then.</summary>
    public required TimeSpan Delay { get; init; }

    /// <summary>Until the instance is given up; null where that is not limited.</summary>
    public TimeSpan? Left { get; init; }

    /// <summary>Why it failed; null where the peer answered.</summary>
    public Exception? Failure { get; init; }

    /// <summary>The answer; null where there was none.</summary>
    public DicomStatus? Status { get; init; }

    /// <summary>Bytes that were sent and answered, and do not count.</summary>
    public long BytesInVain { get; init; }

    public string? SopInstanceUid { get; init; }

    public string? SeriesInstanceUid { get; init; }
}
