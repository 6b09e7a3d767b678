namespace FlywheelDicom.Transfer.Sending;

/// <summary>The associations of a run: the first one, and extra ones that are added and removed. Ended ones are not kept.</summary>
/// <param name="create">Makes the worker of one more association; the token ends the wait for it.</param>
/// <param name="queue">The instances to send.</param>
/// <param name="verbose">Gets a message where the destination accepts fewer associations.</param>
/// <param name="fail">Ends the run where a worker failed.</param>
/// <param name="cancellation">Aborts at once.</param>
internal sealed class AssociationPool(
    Func<AssociationRole, CancellationToken, StoreWorker> create, WorkQueue queue, Action<string> verbose, Action fail, CancellationToken cancellation)
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

    /// <summary>Associations that are open, are being opened, or are finishing their instances.</summary>
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

    /// <summary>Announces an instance that comes soon, so that new negotiations include its context.</summary>
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
        var worker = create(AssociationRole.First, cancellation);
        Register(worker);
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
            await RemoveAsync(worker).ConfigureAwait(false);
        }
    }

    /// <summary>Adds an extra association. It takes instances only after it is open.</summary>
    /// <param name="end">Cancelled when all is sent: associations that are not open by then are given up.</param>
    public void Add(CancellationToken end)
    {
        var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var worker = create(AssociationRole.Extra, waiting.Token);
        Register(worker);
        lock (_workers)
        {
            _running.RemoveAll(task => task.IsCompletedSuccessfully);
            _running.Add(Task.Run(() => RunExtraAsync(worker, waiting, end), CancellationToken.None));
        }
    }

    /// <summary>Retires extra associations until this many are left.</summary>
    public void RetireTo(int count)
    {
        lock (_workers)
        {
            foreach (var worker in _workers.Where(w => w.IsOpen).Skip(count))
                worker.Retire();
        }
    }

    /// <summary>Waits until all extra associations have ended.</summary>
    public Task EndAsync()
    {
        lock (_workers)
            return Task.WhenAll(_running);
    }

    private async Task RunExtraAsync(StoreWorker worker, CancellationTokenSource waiting, CancellationToken end)
    {
        try
        {
            // The negotiation proposes the contexts of expected instances, so it must wait for the first of them.
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
            // All was sent before this association was open.
        }
        catch
        {
            fail();
            throw;
        }
        finally
        {
            await RemoveAsync(worker).ConfigureAwait(false);
            waiting.Dispose();
        }
    }

    private void Register(StoreWorker worker)
    {
        lock (_workers)
        {
            if (_workers.Count > 0)
                worker.Client.ExpectAs(_workers[0].Client);
            _workers.Add(worker);
        }
    }

    private async ValueTask RemoveAsync(StoreWorker worker)
    {
        lock (_workers)
            _workers.Remove(worker);
        await worker.DisposeAsync().ConfigureAwait(false);
    }
}
