using System.Threading.Channels;
using FlywheelDicom.Network.Scu;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// Sends a stream of instances to one destination over one or more associations. Each instance that enters leaves as exactly one
/// result; what one of them does to an association costs the others nothing but a new one.
/// </summary>
internal sealed class StoreJob
{
    private readonly DicomDestination _destination;
    private readonly StoreOptions _options;
    private readonly Action<string> _verbose;

    /// <summary>Cancelled from outside, and where any part of the run fails: then all others end too.</summary>
    private readonly CancellationTokenSource _stop;
    private readonly InstanceSender _sender;
    private readonly ResultOrder _results;
    private readonly WorkQueue _queue;
    private readonly AssociationPool _pool;
    private readonly AssociationTuner? _tuner;

    /// <param name="destination">Who is called, and as whom.</param>
    /// <param name="options">How.</param>
    /// <param name="emit">Takes each result; its wait slows the sending down.</param>
    /// <param name="verbose">Told of retries and associations.</param>
    /// <param name="cancellation">Aborts at once.</param>
    public StoreJob(DicomDestination destination, StoreOptions options, Func<DicomSendResult, ValueTask> emit, Action<string> verbose, CancellationToken cancellation)
    {
        (_destination, _options, _verbose) = (destination, options, verbose);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _sender = new InstanceSender(destination, options, verbose, _stop.Token);
        _results = new ResultOrder(emit, options.IsOrdered || options.MaxAssociations is 1 or StoreOptions.Automatic, _stop.Token);
        _queue = new WorkQueue(_stop.Token);
        _pool = new AssociationPool(NewWorker, _queue, verbose, _stop.Cancel, _stop.Token);
        _tuner = options.MaxAssociations == StoreOptions.Automatic ? new AssociationTuner(_pool, _queue, options.Time, verbose) : null;
    }

    /// <summary>Associations that are not over.</summary>
    internal int Associations => _pool.Count;

    /// <summary>
    /// Sends until the input is complete. What enters was claimed (<see cref="DicomFile.Claim"/>); it is released with its result, and
    /// where the run ends without one.
    /// </summary>
    public async Task RunAsync(ChannelReader<DicomFile> input)
    {
        ArgumentNullException.ThrowIfNull(input);
        try
        {
            await SendAllAsync(input).ConfigureAwait(false);
        }
        finally
        {
            while (_queue.TryTake(out var left))
                Release(left.File);
            while (input.TryRead(out var unread))
                Release(unread);
            _stop.Dispose();
        }
    }

    /// <summary>
    /// Calls the destination before anything is read: a wrong host, port or AE title is found here. What may heal is given a
    /// few seconds, transient rejections the whole retry time.
    /// </summary>
    /// <exception cref="DicomNetworkException">It cannot be used.</exception>
    public static async Task<DicomEcho> CheckAsync(
        DicomDestination destination, StoreOptions options, Action<string> verbose, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(verbose);
        var started = options.Time.GetTimestamp();
        var delay = TimeSpan.FromMilliseconds(250);
        while (true)
        {
            try
            {
                var client = new DicomClient(destination, options.Client, cancellation);
                await using (client.ConfigureAwait(false))
                    return await client.EchoAsync().ConfigureAwait(false);
            }
            catch (DicomNetworkException e) when (IsTransient(e) && options.Time.GetElapsedTime(started) + delay < TimeFor(e, options.RetryTime))
            {
                verbose(FormattableString.Invariant($"Trying again in {delay.TotalSeconds:0.0} s: {e.Message}"));
            }
            await Task.Delay(delay, options.Time, cancellation).ConfigureAwait(false);
            delay = TimeSpan.FromSeconds(Math.Min(30, delay.TotalSeconds * 2));
        }
    }

    /// <summary>Every part is waited for, also where another has failed; the failure comes out, not the cancellation of the rest.</summary>
    private async Task SendAllAsync(ChannelReader<DicomFile> input)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var first = _pool.RunFirstAsync();
        var staging = StageAsync(input);
        for (var i = 1; i < _options.MaxAssociations; i++)
            _pool.Add(end.Token);
        var tuning = _tuner?.RunAsync(end.Token) ?? Task.CompletedTask;
        await first.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Those that still wait to be let in have come too late; the others finish what they have.
        await end.CancelAsync().ConfigureAwait(false);
        await tuning.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(first, staging, tuning, _pool.EndAsync()).ConfigureAwait(false);
        // What was handed back after the first had seen the end.
        if (_queue.HasReturned)
            await _pool.RunFirstAsync().ConfigureAwait(false);
    }

    /// <summary>One instance to its end; false where it was handed back.</summary>
    private async Task<bool> HandleAsync(StoreWorker worker, StagedInstance staged)
    {
        var isOurs = true;
        try
        {
            if (await _sender.SendAsync(worker.Store, staged.File, worker.IsExtra).ConfigureAwait(false) is not { } result)
            {
                isOurs = false;
                _queue.HandBack(staged);
                return false;
            }
            Release(staged.File);
            isOurs = false;
            _tuner?.Count(result);
            await _results.AddAsync(staged.Index, result).ConfigureAwait(false);
            return true;
        }
        catch
        {
            if (isOurs)
                Release(staged.File);
            await _stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What cannot be freed costs room, and no instance.</summary>
    private void Release(DicomFile file)
    {
        try
        {
            file.Release();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _verbose($"What was kept of '{file.Name}' could not be freed: {e.Message}");
        }
    }

    private StoreWorker NewWorker(bool isExtra, CancellationToken cancellation)
        => new(new DicomClient(_destination, _options.Client, cancellation), _queue, HandleAsync) { IsExtra = isExtra };

    private async Task StageAsync(ChannelReader<DicomFile> input)
    {
        try
        {
            long index = 0;
            await foreach (var file in input.ReadAllAsync(_stop.Token).ConfigureAwait(false))
                await StageAsync(new StagedInstance(file, index++)).ConfigureAwait(false);
        }
        catch
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            _queue.Complete();
        }
    }

    private async Task StageAsync(StagedInstance instance)
    {
        try
        {
            await _results.PlaceAsync().ConfigureAwait(false);
            _pool.Expect(instance.File);
            await _queue.StageAsync(instance).ConfigureAwait(false);
        }
        catch
        {
            Release(instance.File);
            throw;
        }
    }

    private static bool IsTransient(DicomNetworkException e)
        => e.Retry == RetryAdvice.BackOff && e.Error is not (DicomNetworkError.HostNotFound or DicomNetworkError.ConnectTimeout or DicomNetworkError.ResponseTimeout);

    /// <summary>A destination that says it is busy is given the whole retry time, anything else a moment.</summary>
    private static TimeSpan TimeFor(DicomNetworkException e, TimeSpan retryTime)
    {
        var moment = TimeSpan.FromSeconds(2);
        return e is DicomAssociationRejectedException || retryTime < moment ? retryTime : moment;
    }
}
