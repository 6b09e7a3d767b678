using System.Threading.Channels;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.Transfer.Monitoring;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// Sends a stream of instances to one destination over one or more associations. Each instance gives exactly one result. An
/// instance that breaks an association does not fail the others: a new association is opened for them.
/// </summary>
internal sealed class StoreJob
{
    private readonly DicomDestination _destination;
    private readonly StoreOptions _options;
    private readonly DicomClientOptions _client;
    private readonly Action<string> _verbose;

    /// <summary>Cancelled by the caller, and where any part of the run fails, so that the other parts end too.</summary>
    private readonly CancellationTokenSource _stop;
    private readonly InstanceSender _sender;
    private readonly Func<DicomSendResult, ValueTask> _emit;

    /// <summary>Null where results are given out as they come.</summary>
    private readonly ResultOrder? _order;
    private readonly WorkQueue _queue;
    private readonly AssociationPool _pool;
    private readonly AssociationTuner? _tuner;

    /// <param name="destination">The peer, and both AE titles.</param>
    /// <param name="options">How to send.</param>
    /// <param name="emit">Takes each result; while it waits, sending waits.</param>
    /// <param name="verbose">Gets messages about retries and associations.</param>
    /// <param name="cancellation">Aborts at once.</param>
    public StoreJob(DicomDestination destination, StoreOptions options, Func<DicomSendResult, ValueTask> emit, Action<string> verbose, CancellationToken cancellation)
    {
        (_destination, _options, _emit, _verbose) = (destination, options, emit, verbose);
        _client = options.Monitor is { } monitor ? options.Client with { Sent = monitor.Progress.Sent, OnAssociation = monitor.OnAssociation } : options.Client;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _sender = new InstanceSender(destination, options, verbose, _stop.Token);
        var isOrdered = options.IsOrdered || options.MaxAssociations is 1 or StoreOptions.Automatic;
        _order = isOrdered ? new ResultOrder(emit, _stop.Token) : null;
        _queue = new WorkQueue(_stop.Token);
        _pool = new AssociationPool(NewWorker, _queue, verbose, _stop.Cancel, _stop.Token);
        _tuner = options.MaxAssociations == StoreOptions.Automatic ? new AssociationTuner(_pool, _queue, options.Time, verbose) : null;
    }

    /// <summary>Associations that have not ended.</summary>
    internal int Associations => _pool.Count;

    /// <summary>
    /// Sends until the input is complete. The instances of the input are claimed (<see cref="DicomFile.Claim"/>). Each is released with
    /// its result, or where the run ends without one.
    /// </summary>
    public async Task RunAsync(ChannelReader<DicomFile> input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var span = _options.Monitor is null ? null : Telemetry.Spans.StartActivity("dicom.send");
        try
        {
            await SendAllAsync(input).ConfigureAwait(false);
        }
        finally
        {
            while (_queue.TryTake(out var left))
            {
                SendMonitor.Unstage();
                Release(left.File);
            }
            while (input.TryRead(out var unread))
                Release(unread);
            _stop.Dispose();
        }
    }

    /// <summary>
    /// Sends a C-ECHO before anything is read: a wrong host, port or AE title is found here. Temporary failures are retried for
    /// two seconds, temporary rejections for the whole retry time.
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

    /// <summary>Waits for every part, also where one has failed. That failure is thrown, not the cancellation of the others.</summary>
    private async Task SendAllAsync(ChannelReader<DicomFile> input)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var first = _pool.RunFirstAsync();
        var staging = StageAsync(input);
        for (var i = 1; i < _options.MaxAssociations; i++)
            _pool.Add(end.Token);
        var tuning = _tuner?.RunAsync(end.Token) ?? Task.CompletedTask;
        await first.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Associations that are not open yet are given up. The others finish their instances.
        await end.CancelAsync().ConfigureAwait(false);
        await tuning.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(first, staging, tuning, _pool.EndAsync()).ConfigureAwait(false);
        // Instances that were handed back after the first association had ended.
        if (_queue.HasReturned)
            await _pool.RunFirstAsync().ConfigureAwait(false);
    }

    /// <summary>Sends one instance and gives out its result; false where it was handed back.</summary>
    private async Task<bool> HandleAsync(StoreWorker worker, StagedInstance staged)
    {
        var mustRelease = true;
        SendMonitor.Unstage();
        try
        {
            if (await _sender.SendAsync(worker.Store, staged.File, worker.Role).ConfigureAwait(false) is not { } result)
            {
                mustRelease = false;
                SendMonitor.Stage();
                _queue.HandBack(staged);
                return false;
            }
            Release(staged.File);
            mustRelease = false;
            _tuner?.Count(result);
            if (_order is null)
                await _emit(result).ConfigureAwait(false);
            else
                await _order.AddAsync(staged.Index, result).ConfigureAwait(false);
            return true;
        }
        catch
        {
            if (mustRelease)
                Release(staged.File);
            await _stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Frees what an instance holds. A failure only wastes space, so it is not an error of the instance.</summary>
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

    private StoreWorker NewWorker(AssociationRole role, CancellationToken cancellation)
        => new(new DicomClient(_destination, _client, cancellation), _queue, HandleAsync, _options.Time) { Role = role };

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
            if (_order is not null)
                await _order.PlaceAsync().ConfigureAwait(false);
            _pool.Expect(instance.File);
            await _queue.StageAsync(instance).ConfigureAwait(false);
            SendMonitor.Stage();
        }
        catch
        {
            Release(instance.File);
            throw;
        }
    }

    private static bool IsTransient(DicomNetworkException e)
        => e.Retry == RetryAdvice.BackOff && e.Error is not (DicomNetworkError.HostNotFound or DicomNetworkError.ConnectTimeout or DicomNetworkError.ResponseTimeout);

    /// <summary>The whole retry time for a destination that rejects the association, two seconds for other failures.</summary>
    private static TimeSpan TimeFor(DicomNetworkException e, TimeSpan retryTime)
    {
        var shortTime = TimeSpan.FromSeconds(2);
        return e is DicomAssociationRejectedException || retryTime < shortTime ? retryTime : shortTime;
    }
}
