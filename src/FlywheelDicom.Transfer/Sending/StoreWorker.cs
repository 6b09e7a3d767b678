using FlywheelDicom.Network.Scu;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// One association at a time and the lanes that feed it: one more than the peer takes at once, so that the next instance is
/// opened and its beginning read while those before are on the wire.
/// </summary>
/// <param name="client">The way to the destination.</param>
/// <param name="queue">What is to be sent.</param>
/// <param name="handle">Takes an instance to its end; false where it was handed back, since there is no association for it.</param>
internal sealed class StoreWorker(DicomClient client, WorkQueue queue, Func<StoreWorker, StagedInstance, Task<bool>> handle) : IAsyncDisposable
{
    private static readonly TimeSpan s_gather = TimeSpan.FromMilliseconds(15);

    private readonly List<Task> _lanes = [];
    private volatile bool _isRetired;

    public DicomClient Client => client;

    /// <summary>One try to store an instance.</summary>
    public Func<DicomFile, Task<DicomResponse>> Store { get; } = client.StoreAsync;

    /// <summary>Others are there for what it hands back.</summary>
    public required bool IsExtra { get; init; }

    /// <summary>It takes instances.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>It takes no more, and may have something to finish.</summary>
    public bool IsRetired => _isRetired;

    /// <exception cref="DicomNetworkException">There is no association for it.</exception>
    public async Task OpenAsync()
    {
        await client.OpenAsync().ConfigureAwait(false);
        IsOpen = !_isRetired;
    }

    /// <summary>Takes instances until there are no more, or it is let go. All its lanes have come to their end when it returns.</summary>
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

    /// <summary>Finishes what it has, and takes no more.</summary>
    public void Retire()
    {
        _isRetired = true;
        IsOpen = false;
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();

    /// <summary>Waits for each lane, also for those that are added meanwhile, and only then fails as the first that failed.</summary>
    private async Task LanesAsync()
    {
        for (var i = 0; LaneAt(i) is { } lane; i++)
            await lane.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_lanes).ConfigureAwait(false);
    }

    private Task? LaneAt(int index)
    {
        lock (_lanes)
            return index < _lanes.Count ? _lanes[index] : null;
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
            // A further negotiation is due: what comes within the blink of an eye can have its contexts too.
            if (client.Associations > 0 && staged.File.ProblemDetail is null && !client.IsReadyFor(staged.File))
                await Task.Delay(s_gather).ConfigureAwait(false);
            if (!await handle(this, staged).ConfigureAwait(false))
                Retire();
            AddLane();
        }
    }
}
