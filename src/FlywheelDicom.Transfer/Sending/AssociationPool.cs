namespace FlywheelDicom.Transfer.Sending;

/// <summary>The associations of a run: the first, and further ones that come and go. One that is over is forgotten.</summary>
/// <param name="create">A worker for one more association; the token ends the wait for it.</param>
/// <param name="queue">What is to be sent.</param>
/// <param name="verbose">Told where the destination gives fewer.</param>
/// <param name="fail">Ends the run where a worker failed.</param>
/// <param name="cancellation">Aborts at once.</param>
internal sealed class AssociationPool(
    Func<bool, CancellationToken, StoreWorker> create, WorkQueue queue, Action<string> verbose, Action fail, CancellationToken cancellation)
{
    /// <summary>In the order in which they came; the first is there until the end.</summary>
    private readonly List<StoreWorker> _workers = [];
    private readonly List<Task> _running = [];

    /// <summary>Associations that take instances.</summary>
    public int Open
    {
        get
        {
            lock (_workers)
                return _workers.Count(w => w.IsOpen);
        }
    }

    /// <summary>Those that are open, are being opened, or have still something to finish.</summary>
    public int Count
    {
        get
        {
            lock (_workers)
                return _workers.Count;
        }
    }

    /// <summary>Whether any is still being opened.</summary>
    public bool HasPending
    {
        get
        {
            lock (_workers)
                return _workers.Any(w => w is { IsOpen: false, IsRetired: false });
        }
    }

    /// <summary>What comes soon, for the next negotiation of each.</summary>
    public void Expect(DicomFile file)
    {
        lock (_workers)
        {
            foreach (var worker in _workers)
                worker.Client.Expect(file);
        }
    }

    /// <summary>Sends over the first association until all is sent.</summary>
    public async Task RunFirstAsync()
    {
        var worker = create(false, cancellation);
        Enter(worker);
        try
        {
            await worker.RunAsync().ConfigureAwait(false);
        }
        catch
        {
            fail();
            throw;
        }
        finally
        {
            await LeaveAsync(worker).ConfigureAwait(false);
        }
    }

    /// <summary>A further association: it takes instances only once it is open.</summary>
    /// <param name="end">All is sent: those that still wait to be let in have come too late.</param>
    public void Add(CancellationToken end)
    {
        var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var worker = create(true, waiting.Token);
        Enter(worker);
        lock (_workers)
        {
            _running.RemoveAll(task => task.IsCompletedSuccessfully);
            _running.Add(Task.Run(() => RunExtraAsync(worker, waiting, end), CancellationToken.None));
        }
    }

    /// <summary>Lets extra associations go until so many are left.</summary>
    public void RetireTo(int count)
    {
        lock (_workers)
        {
            foreach (var worker in _workers.Where(w => w.IsOpen).Skip(count))
                worker.Retire();
        }
    }

    /// <summary>Waits for all further ones to come to their end.</summary>
    public Task EndAsync()
    {
        lock (_workers)
            return Task.WhenAll(_running);
    }

    private async Task RunExtraAsync(StoreWorker worker, CancellationTokenSource waiting, CancellationToken end)
    {
        try
        {
            // It proposes what is expected; before there is anything, it would propose nothing.
            if (!await queue.WaitAsync(end).ConfigureAwait(false))
                return;
            var registration = end.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), waiting);
            await using (registration.ConfigureAwait(false))
                await worker.OpenAsync().ConfigureAwait(false);
            await worker.RunAsync().ConfigureAwait(false);
        }
        catch (DicomNetworkException e)
        {
            worker.Retire();
            verbose($"The destination takes fewer associations than asked for; going on with {Open}. {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // All was sent before it was let in.
        }
        catch
        {
            fail();
            throw;
        }
        finally
        {
            await LeaveAsync(worker).ConfigureAwait(false);
            waiting.Dispose();
        }
    }

    private void Enter(StoreWorker worker)
    {
        lock (_workers)
        {
            if (_workers.Count > 0)
                worker.Client.ExpectAs(_workers[0].Client);
            _workers.Add(worker);
        }
    }

    private async ValueTask LeaveAsync(StoreWorker worker)
    {
        lock (_workers)
            _workers.Remove(worker);
        await worker.DisposeAsync().ConfigureAwait(false);
    }
}
