using FlywheelDicom.Network.Scu;
using FlywheelDicom.Transfer.Monitoring;
using Polly;
using Polly.Retry;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// Decides which failures are retried, and when: after half a second, doubling up to 30 seconds, with jitter, within the retry
/// time. After the first loss of an association it retries at once, because that is usually enough.
/// </summary>
internal sealed class StoreRetry
{
    private const int MaxRefusals = 5;

    private static readonly ResiliencePropertyKey<StoreAttempts> s_attempts = new("attempts");

    private readonly TimeSpan _retryTime;
    private readonly TimeProvider _time;
    private readonly Func<long, bool> _hasAnsweredSince;
    private readonly ResiliencePipeline<DicomResponse> _pipeline;

    /// <param name="retryTime">From the first failure of an instance.</param>
    /// <param name="time">The clock of the deadline and of the waits.</param>
    /// <param name="verbose">Gets a message about each further try.</param>
    /// <param name="hasAnsweredSince">Whether the destination has answered any instance since a timestamp.</param>
    /// <param name="retrying">Gets a notice of each further try; null: nobody asks.</param>
    public StoreRetry(TimeSpan retryTime, TimeProvider time, Action<string> verbose, Func<long, bool> hasAnsweredSince, Action<StoreRetryNotice>? retrying = null)
    {
        (_retryTime, _time, _hasAnsweredSince) = (retryTime, time, hasAnsweredSince);
        _pipeline = new ResiliencePipelineBuilder<DicomResponse> { TimeProvider = time }.AddRetry(new RetryStrategyOptions<DicomResponse>
        {
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromSeconds(0.5),
            MaxDelay = TimeSpan.FromSeconds(30),
            UseJitter = true,
            ShouldHandle = args => ValueTask.FromResult(ShouldRetry(args.Outcome, AttemptsOf(args.Context))),
            DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(IsFirstLoss(args.Outcome, AttemptsOf(args.Context)) ? TimeSpan.Zero : null),
            OnRetry = args =>
            {
                var why = args.Outcome.Exception?.Message ?? args.Outcome.Result?.Status.ToString();
                verbose(FormattableString.Invariant($"Trying again in {args.RetryDelay.TotalSeconds:0.0} s: {why}"));
                retrying?.Invoke(NoticeOf(args));
                return default;
            },
        }).Build();
    }

    /// <summary>Allows the instance one try: any failure of it is final.</summary>
    public void AllowOneTry(StoreAttempts attempts) => attempts.Deadline = _time.GetTimestamp();

    public async Task<DicomResponse> ExecuteAsync(StoreAttempts attempts, Func<Task<DicomResponse>> store, CancellationToken cancellation)
    {
        attempts.LastTry = _time.GetTimestamp();
        // Most instances succeed at the first try. They skip the retry pipeline.
        var first = store();
        await ((Task)first).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (first.IsCompletedSuccessfully && (await first.ConfigureAwait(false)).Status.Retry == RetryAdvice.Never)
        {
            attempts.Count = 1;
            return await first.ConfigureAwait(false);
        }
        var context = ResilienceContextPool.Shared.Get(cancellation);
        try
        {
            context.Properties.Set(s_attempts, attempts);
            return await _pipeline.ExecuteAsync(async (_, again) => await (attempts.Count++ == 0 ? first : again()).ConfigureAwait(false), context, store).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private StoreRetryNotice NoticeOf(OnRetryArguments<DicomResponse> args)
    {
        var attempts = AttemptsOf(args.Context);
        return new StoreRetryNotice
        {
            NextTry = args.AttemptNumber + 2, Delay = args.RetryDelay, Failure = args.Outcome.Exception, Status = args.Outcome.Result?.Status,
            BytesInVain = args.Outcome.Result?.Bytes ?? 0, SopInstanceUid = attempts.File?.SopInstanceUid, SeriesInstanceUid = attempts.File?.SeriesInstanceUid,
            Left = attempts.Deadline is { } end ? _time.GetElapsedTime(_time.GetTimestamp(), end) : null,
        };
    }

    private static StoreAttempts AttemptsOf(ResilienceContext context) => context.Properties.GetValue(s_attempts, null!);

    private bool ShouldRetry(Outcome<DicomResponse> outcome, StoreAttempts attempts)
    {
        attempts.Note(outcome.Exception);
        var last = attempts.LastTry;
        attempts.LastTry = _time.GetTimestamp();
        var advice = outcome.Exception switch
        {
            null => outcome.Result!.Status.Retry,
            DicomNetworkException network => network.Retry,
            _ => RetryAdvice.Never,
        };
        // The peer aborts this instance each time, so the instance is the cause: it is not retried for the whole retry time.
        if (outcome.Exception is DicomNetworkException { InFlight: 1, Error: DicomNetworkError.AssociationAborted or DicomNetworkError.ProtocolError } && ++attempts.Refusals >= MaxRefusals)
            return false;
        if (attempts.MayReturn && outcome.Exception is DicomAssociationRejectedException)
            return false;
        if (advice == RetryAdvice.Never || (advice == RetryAdvice.Once && attempts.SecondTries++ > 0) || _retryTime <= TimeSpan.Zero)
            return false;
        // The destination has no association to spare, but serves others: this one's turn comes when they are done.
        if (outcome.Exception is DicomNetworkException { IsNegotiation: true } && _hasAnsweredSince(last))
        {
            attempts.Deadline = null;
            return true;
        }
        attempts.Deadline ??= _time.GetTimestamp() + (long)(_retryTime.TotalSeconds * _time.TimestampFrequency);
        return _time.GetTimestamp() < attempts.Deadline;
    }

    private static bool IsFirstLoss(Outcome<DicomResponse> outcome, StoreAttempts attempts)
        => attempts.Count == 1 && outcome.Exception is DicomNetworkException { Error: DicomNetworkError.ConnectionLost or DicomNetworkError.AssociationAborted };
}
