using System.Diagnostics;
using System.Threading.Channels;
using FlywheelDicom.Network;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>An instance with its place in the stream.</summary>
internal readonly record struct StagedInstance(DicomFile File, long Index);

/// <summary>
/// Sends a stream of instances to one destination over one or more associations. Each instance that enters leaves as exactly one
/// result; what one of them does to an association costs the others nothing but a new one.
/// </summary>
public sealed class StoreJob
{
    private readonly DicomDestination _destination;
    private readonly StoreOptions _options;
    private readonly Action<string> _verbose;
    private readonly CancellationToken _cancellation;
    private readonly InstanceSender _sender;
    private readonly ResultOrder _results;
    private readonly AssociationTuner? _tuner;

    /// <summary>Instances that a worker handed back because the destination gave it no further association.</summary>
    private readonly Channel<StagedInstance> _returned = Channel.CreateUnbounded<StagedInstance>();
    private readonly Channel<StagedInstance> _staged = Channel.CreateBounded<StagedInstance>(DicomClient.Horizon);
    private readonly List<StoreWorker> _workers = [];

    /// <param name="destination">Who is called, and as whom.</param>
    /// <param name="options">How.</param>
    /// <param name="emit">Takes each result; its wait slows the sending down.</param>
    /// <param name="verbose">Told of retries and associations.</param>
    /// <param name="cancellation">Aborts at once.</param>
    public StoreJob(DicomDestination destination, StoreOptions options, Func<DicomSendResult, ValueTask> emit, Action<string> verbose, CancellationToken cancellation)
    {
        (_destination, _options, _verbose, _cancellation) = (destination, options, verbose, cancellation);
        _sender = new InstanceSender(destination, options, verbose, cancellation);
        _results = new ResultOrder(emit, options.IsOrdered || options.MaxAssociations is 1 or StoreOptions.Automatic, cancellation);
        _tuner = options.MaxAssociations == StoreOptions.Automatic ? new AssociationTuner(this, verbose) : null;
    }

    internal int Backlog => _staged.Reader.Count;

    internal int OpenWorkers
    {
        get
        {
            lock (_workers)
                return _workers.Count(w => w.IsOpen);
        }
    }

    internal bool HasPending
    {
        get
        {
            lock (_workers)
                return _workers.Any(w => w is { IsOpen: false, IsOver: false });
        }
    }

    /// <summary>Sends until the input is complete. What enters was claimed (<see cref="DicomFile.Claim"/>); it is released with its result.</summary>
    public async Task RunAsync(ChannelReader<DicomFile> input)
    {
        var first = new StoreWorker(this, NewClient(_cancellation), isExtra: false);
        lock (_workers)
            _workers.Add(first);
        var staging = StageAsync(input);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        var others = new List<Task>();
        for (var i = 1; i < _options.MaxAssociations; i++)
            others.Add(ExtraAsync(end.Token));
        if (_tuner is not null)
            others.Add(_tuner.RunAsync(() => ExtraAsync(end.Token), end.Token));
        await first.RunAsync(_staged.Reader).ConfigureAwait(false);
        // Those that still wait to be let in have come too late; the others finish what they have.
        await end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(others).ConfigureAwait(false);
        await staging.ConfigureAwait(false);
        // What was handed back after the first worker had seen the end.
        _returned.Writer.Complete();
        if (_returned.Reader.Count > 0)
            await new StoreWorker(this, NewClient(_cancellation), isExtra: false).RunAsync(_returned.Reader).ConfigureAwait(false);
    }

    /// <summary>
    /// Calls the destination before anything is read: a wrong host, port or AE title is found here. What may heal is given a
    /// few seconds, transient rejections the whole retry time.
    /// </summary>
    /// <exception cref="DicomNetworkException">It cannot be used.</exception>
    public static async Task<DicomEcho> CheckAsync(
        DicomDestination destination, StoreOptions options, Action<string> verbose, CancellationToken cancellation)
    {
        var started = Stopwatch.StartNew();
        var delay = TimeSpan.FromMilliseconds(250);
        while (true)
        {
            try
            {
                var client = new DicomClient(destination, options.Client, cancellation);
                await using (client.ConfigureAwait(false))
                    return await client.EchoAsync().ConfigureAwait(false);
            }
            catch (DicomNetworkException e) when (IsTransient(e) && started.Elapsed + delay < Patience(e, options.RetryTime))
            {
                verbose($"Trying again in {delay.TotalSeconds:0.0} s: {e.Message}");
            }
            await Task.Delay(delay, cancellation).ConfigureAwait(false);
            delay = TimeSpan.FromSeconds(Math.Min(30, delay.TotalSeconds * 2));
        }
    }

    /// <summary>One instance to its end; false where it was handed back.</summary>
    internal async Task<bool> HandleAsync(DicomClient client, StagedInstance staged, bool mayReturn)
    {
        if (await _sender.SendAsync(client, staged.File, mayReturn).ConfigureAwait(false) is not { } result)
        {
            await _returned.Writer.WriteAsync(staged, _cancellation).ConfigureAwait(false);
            return false;
        }
        staged.File.Release();
        _tuner?.Count(result);
        await _results.AddAsync(staged.Index, result).ConfigureAwait(false);
        return true;
    }

    /// <summary>The next instance, those first that were handed back; null at the end.</summary>
    internal async ValueTask<StagedInstance?> NextAsync(ChannelReader<StagedInstance> input)
    {
        do
        {
            if (_returned.Reader.TryRead(out var staged) || input.TryRead(out staged))
                return staged;
        }
        while (await input.WaitToReadAsync(_cancellation).ConfigureAwait(false));
        return null;
    }

    /// <summary>Lets extra associations go until so many are left.</summary>
    internal void RetireTo(int count)
    {
        lock (_workers)
        {
            foreach (var worker in _workers.Where(w => w.IsOpen).Skip(count))
                worker.Retire();
        }
    }

    private static bool IsTransient(DicomNetworkException e)
        => e.Retry == RetryAdvice.BackOff && e.Error is not (DicomNetworkError.HostNotFound or DicomNetworkError.ConnectTimeout or DicomNetworkError.ResponseTimeout);

    private static TimeSpan Patience(DicomNetworkException e, TimeSpan retryTime)
    {
        var few = TimeSpan.FromSeconds(2);
        return e is DicomAssociationRejectedException || retryTime < few ? retryTime : few;
    }

    private DicomClient NewClient(CancellationToken cancellation) => new(_destination, _options.Client, cancellation);

    /// <summary>A further association: it takes instances only once it is open.</summary>
    private async Task ExtraAsync(CancellationToken tooLate)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        var worker = new StoreWorker(this, NewClient(waiting.Token), isExtra: true);
        lock (_workers)
        {
            worker.Client.ExpectAs(_workers[0].Client);
            _workers.Add(worker);
        }
        try
        {
            await Task.Yield();
            // It proposes what is expected; before there is anything, it would propose nothing.
            if (!await _staged.Reader.WaitToReadAsync(tooLate).ConfigureAwait(false))
                return;
            var registration = tooLate.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), waiting);
            await using (registration.ConfigureAwait(false))
                await worker.OpenAsync().ConfigureAwait(false);
            await worker.RunAsync(_staged.Reader).ConfigureAwait(false);
        }
        catch (DicomNetworkException e)
        {
            _verbose($"{_destination} takes fewer associations than asked for; going on with {OpenWorkers}. {e.Message}");
        }
        catch (OperationCanceledException) when (!_cancellation.IsCancellationRequested)
        {
            // All was sent before it was let in.
        }
        finally
        {
            await worker.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A little ahead of the workers, so that they know what to negotiate for.</summary>
    private async Task StageAsync(ChannelReader<DicomFile> input)
    {
        try
        {
            long index = 0;
            await foreach (var file in input.ReadAllAsync(_cancellation).ConfigureAwait(false))
            {
                await _results.PlaceAsync().ConfigureAwait(false);
                lock (_workers)
                    _workers.ForEach(w => w.Client.Expect(file));
                await _staged.Writer.WriteAsync(new StagedInstance(file, index++), _cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            _staged.Writer.Complete();
        }
    }
}
