using Polly;
using Polly.Retry;

namespace FlywheelDicom.Flywheel;

/// <summary>
/// Retries temporary failures within the retry time: after half a second, doubling up to 30 seconds, with jitter, or after the time
/// that the server asks for.
/// </summary>
internal sealed class FlywheelRetry(FlywheelClientOptions options)
{
    private static readonly ResiliencePropertyKey<RetryClock> s_clock = new("clock");
    private static readonly ResiliencePropertyKey<TimeSpan> s_delay = new("delay");

    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { TimeProvider = options.Time }.AddRetry(new RetryStrategyOptions
    {
        MaxRetryAttempts = int.MaxValue,
        MaxDelay = null,
        ShouldHandle = args => ValueTask.FromResult(ShouldRetry(args.Outcome.Exception, args.Context)),
        DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(args.Context.Properties.GetValue(s_delay, TimeSpan.Zero)),
        OnRetry = args =>
        {
            options.Verbose(FormattableString.Invariant($"Trying again in {args.RetryDelay.TotalSeconds:0.0} s: {args.Outcome.Exception?.Message}"));
            options.Retrying(args.Outcome.Exception, args.RetryDelay);
            return default;
        },
    }).Build();

    public Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> attempt, CancellationToken cancellation)
        => ExecuteAsync(attempt, new RetryClock(options.RetryTime, options.Time), cancellation);

    public async Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> attempt, RetryClock clock, CancellationToken cancellation)
    {
        var context = ResilienceContextPool.Shared.Get(cancellation);
        try
        {
            context.Properties.Set(s_clock, clock);
            return await _pipeline.ExecuteAsync(async (c, run) => await run(c.CancellationToken).ConfigureAwait(false), context, attempt).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static bool ShouldRetry(Exception? outcome, ResilienceContext context)
    {
        if (outcome is not FlywheelException { IsTransient: true } failure)
            return false;
        if (context.Properties.GetValue(s_clock, null!).NextDelay(failure.RetryAfter) is not { } delay)
            return false;
        context.Properties.Set(s_delay, delay);
        return true;
    }
}
