using FlywheelDicom.Network.Scu;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// One association at a time and the tasks that feed it ("lanes"). There is one lane more than operations that the peer allows at
/// once, so that the next instance is opened and its header read while the ones before it are being sent.
/// </summary>
/// <param name="client">The connection to the destination.</param>
/// <param name="queue">The instances to send.</param>
/// <param name="handle">Sends an instance; false where it was handed back, because the association was rejected.</param>
/// <param name="time">The clock of the short wait before a new negotiation.</param>
internal sealed class StoreWorker(DicomClient client, WorkQueue queue, Func<StoreWorker, StagedInstance, Task<bool>> handle, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan s_negotiationDelay = TimeSpan.FromMilliseconds(15);

    private readonly List<Task> _lanes = [];
    private volatile bool _isRetired;

    public DicomClient Client => client;

    /// <summary>One try to store an instance.</summary>
    public Func<DicomFile, Task<DicomResponse>> Store { get; } = client.StoreAsync;

    public required AssociationRole Role { get; init; }

    /// <summary>It takes instances.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>It takes no more instances. It may still be sending some.</summary>
    public bool IsRetired => _isRetired;

    /// <exception cref="DicomNetworkException">The association could not be opened.</exception>
    public async Task OpenAsync()
    {
        await client.OpenAsync().ConfigureAwait(false);
        IsOpen = !_isRetired;
    }

    /// <summary>Sends instances until there are no more, or it is retired. All its lanes have ended when it returns.</summary>
    public async Task RunAsync()
    {
        IsOpen = true;
        try
        {
            AddLane();
            AddLane();
            await LanesAsync().ConfigureAwait(false);
            await client.CloseAsync().ConfigureAwait(false);
        }
        finally
        {
            IsOpen = false;
            await client.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Lets it finish the instances that it has. It takes no more.</summary>
    public void Retire()
    {
        _isRetired = true;
        IsOpen = false;
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();

    /// <summary>Waits for all lanes, also for those that are added meanwhile, and then throws the first failure.</summary>
    private async Task LanesAsync()
    {
        for (var i = 0; TryGetLane(i, out var lane); i++)
            await lane.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_lanes).ConfigureAwait(false);
    }

    private bool TryGetLane(int index, out Task lane)
    {
        lock (_lanes)
        {
            lane = index < _lanes.Count ? _lanes[index] : Task.CompletedTask;
            return index < _lanes.Count;
        }
    }

    private void AddLane()
    {
        lock (_lanes)
        {
            if (_lanes.Count <= client.Window)
                _lanes.Add(Task.Run(FeedAsync));
        }
    }

    private async Task FeedAsync()
    {
        while (!_isRetired && await queue.NextAsync().ConfigureAwait(false) is { } staged)
        {
            // A new association must be negotiated. A short wait lets it include the contexts of the next instances too.
            if (client.Associations > 0 && staged.File.ProblemDetail is null && !client.IsReadyFor(staged.File))
                await Task.Delay(s_negotiationDelay, time).ConfigureAwait(false);
            if (!await handle(this, staged).ConfigureAwait(false))
                Retire();
            AddLane();
        }
    }
}
