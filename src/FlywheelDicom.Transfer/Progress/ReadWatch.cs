namespace FlywheelDicom.Transfer.Progress;

/// <summary>Looks at a <see cref="ReadProgress"/> a few times a second, from one thread, and tells how fast it goes.</summary>
internal sealed class ReadWatch(ReadProgress progress, TimeProvider time)
{
    private readonly RateWindow _rate = new(time);
    private (long Fetched, long Found) _lastMove;
    private long _moved = time.GetTimestamp();
    private string? _retry;
    private long _retryEnd;

    /// <summary>The cmdlet waits for the source now, and for nothing else.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>A request is tried again. From any thread.</summary>
    public void Retry(string what, TimeSpan delay)
    {
        Interlocked.Exchange(ref _retryEnd, time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency));
        Volatile.Write(ref _retry, what);
    }

    public ReadSnapshot Snapshot()
    {
        var (fetched, found) = (progress.Fetched, progress.Found);
        var isFetching = progress.Files > 0;
        var done = isFetching ? fetched : progress.FoundBytes;
        var total = isFetching ? Math.Max(fetched, progress.FetchBytes) : done + progress.AheadBytes;
        var rate = _rate.At(done, found);
        if (_lastMove != (fetched, found))
            (_lastMove, _moved) = ((fetched, found), time.GetTimestamp());
        var standing = time.GetElapsedTime(_moved);
        return new ReadSnapshot
        {
            Found = found, Ahead = progress.Ahead, Failed = progress.Failed, IsTotalKnown = !progress.MayGrow, Files = progress.Files, FetchedFiles = progress.FetchedFiles,
            Fetched = fetched, FetchBytes = progress.FetchBytes, BytesPerSecond = rate.Bytes, InstancesPerSecond = rate.Instances, Current = progress.Current,
            IsWaiting = IsWaiting && standing >= SendProgress.WorthTelling, Standing = standing, Retry = RetryNow(),
            TimeLeft = rate.Bytes > 0 && total > done ? TimeSpan.FromSeconds(Math.Min(1e9, (total - done) / rate.Bytes)) : null,
            Percent = total <= 0 || (!isFetching && found == 0) ? -1 : (int)Math.Min(100, 100.0 * done / total),
        };
    }

    /// <summary>Until a moment after the next try began.</summary>
    private string? RetryNow()
    {
        if (Volatile.Read(ref _retry) is not { } retry)
            return null;
        var left = Interlocked.Read(ref _retryEnd) - time.GetTimestamp();
        if (left < -time.TimestampFrequency)
            return null;
        return left > 0 ? FormattableString.Invariant($"{retry}, next try in {Math.Ceiling((double)left / time.TimestampFrequency):0} s") : $"{retry}, trying again";
    }
}
