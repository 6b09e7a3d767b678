using FlywheelDicom.Network;
using Polly;
using Polly.Retry;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>One instance's way through its attempts.</summary>
internal sealed class StoreAttempts
{
    public int Count { get; set; }

    /// <summary>Times the peer gave up on it, or talked nonsense.</summary>
    public int Refusals { get; set; }

    /// <summary>Answers that are worth one more try.</summary>
    public int Doubts { get; set; }

    /// <summary>Another association can take it: no waiting for this one to be let in again.</summary>
    public bool MayReturn { get; init; }

    /// <summary>When trying on stops to be worth it; set by the first failure.</summary>
    public long? Deadline { get; set; }
}

/// <summary>
/// Which failures are worth another try, and when: back-off from half a second, doubling to 30, jittered, within the retry time.
/// A lost association is made again at once the first time, since that is mostly all it takes.
/// </summary>
internal static class StoreRetry
{
    private const int MaxRefusals = 5;

    private static readonly ResiliencePropertyKey<StoreAttempts> s_attempts = new("attempts");

    public static ResiliencePipeline<DicomResponse> Create(TimeSpan retryTime, Action<string> verbose)
        => new ResiliencePipelineBuilder<DicomResponse>().AddRetry(new RetryStrategyOptions<DicomResponse>
        {
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromSeconds(0.5),
            MaxDelay = TimeSpan.FromSeconds(30),
            UseJitter = true,
            ShouldHandle = args => ValueTask.FromResult(IsWorthAnother(args.Outcome, AttemptsOf(args.Context), retryTime)),
            DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(IsFirstLoss(args.Outcome, AttemptsOf(args.Context)) ? TimeSpan.Zero : null),
            OnRetry = args =>
            {
                var why = args.Outcome.Exception?.Message ?? args.Outcome.Result?.Status.ToString();
                verbose($"Trying again in {args.RetryDelay.TotalSeconds:0.0} s: {why}");
                return default;
            },
        }).Build();

    public static async Task<DicomResponse> ExecuteAsync(
        ResiliencePipeline<DicomResponse> pipeline, StoreAttempts attempts, Func<Task<DicomResponse>> store, CancellationToken cancellation)
    {
        // Most go through at once, and need no policy.
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
            return await pipeline.ExecuteAsync(async (_, again) => await (attempts.Count++ == 0 ? first : again()).ConfigureAwait(false), context, store).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static StoreAttempts AttemptsOf(ResilienceContext context) => context.Properties.GetValue(s_attempts, null!);

    private static bool IsWorthAnother(Outcome<DicomResponse> outcome, StoreAttempts attempts, TimeSpan retryTime)
    {
        var advice = outcome.Exception switch
        {
            null => outcome.Result!.Status.Retry,
            DicomNetworkException network => network.Retry,
            _ => RetryAdvice.Never,
        };
        // An instance that makes the peer abort each time is at fault itself: it is not worth the whole retry time.
        if (outcome.Exception is DicomNetworkException { InFlight: 1, Error: DicomNetworkError.AssociationAborted or DicomNetworkError.ProtocolError } && ++attempts.Refusals >= MaxRefusals)
            return false;
        if (attempts.MayReturn && outcome.Exception is DicomAssociationRejectedException)
            return false;
        if (advice == RetryAdvice.Never || (advice == RetryAdvice.Once && attempts.Doubts++ > 0) || retryTime <= TimeSpan.Zero)
            return false;
        attempts.Deadline ??= Environment.TickCount64 + (long)retryTime.TotalMilliseconds;
        return Environment.TickCount64 < attempts.Deadline;
    }

    private static bool IsFirstLoss(Outcome<DicomResponse> outcome, StoreAttempts attempts)
        => attempts.Count == 1 && outcome.Exception is DicomNetworkException { Error: DicomNetworkError.ConnectionLost or DicomNetworkError.AssociationAborted };
}
