namespace FlywheelDicom.Flywheel;

/// <summary>A token that is cancelled where the server is silent for the read time-out, or by the caller.</summary>
internal sealed class ReadLimit : IDisposable
{
    private readonly TimeSpan _timeout;
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _either;

    /// <summary>The time begins to run at once.</summary>
    public ReadLimit(FlywheelClientOptions options, CancellationToken cancellation)
    {
        _timeout = options.ReadTimeout;
        _silence = new CancellationTokenSource(_timeout, options.Time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _silence.Token);
    }

    public CancellationToken Token => _either.Token;

    /// <summary>Begins the time anew.</summary>
    public void Restart() => _silence.CancelAfter(_timeout);

    /// <summary>Stops the time, until the next <see cref="Restart"/>.</summary>
    public void Pause() => _silence.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _either.Dispose();
        _silence.Dispose();
    }
}
