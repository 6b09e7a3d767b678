using System.Threading.Channels;
using FlywheelDicom.Network;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// One association at a time and the lanes that feed it: one more than the peer takes at once, so that the next instance is
/// opened and its beginning read while those before are on the wire.
/// </summary>
internal sealed class StoreWorker(StoreJob job, DicomClient client, bool isExtra) : IAsyncDisposable
{
    private static readonly TimeSpan s_gather = TimeSpan.FromMilliseconds(15);

    private readonly List<Task> _lanes = [];
    private volatile bool _isRetired;

    public DicomClient Client => client;

    /// <summary>It takes instances.</summary>
    public bool IsOpen { get; private set; }

    public bool IsOver { get; private set; }

    /// <exception cref="DicomNetworkException">There is no association for it.</exception>
    public async Task OpenAsync()
    {
        await client.OpenAsync().ConfigureAwait(false);
        IsOpen = !_isRetired;
    }

    /// <summary>Takes instances until there are no more, or it is let go.</summary>
    public async Task RunAsync(ChannelReader<StagedInstance> input)
    {
        IsOpen = true;
        try
        {
            AddLane(input);
            AddLane(input);
            for (var i = 0; ; i++)
            {
                Task lane;
                lock (_lanes)
                {
                    if (i >= _lanes.Count)
                        break;
                    lane = _lanes[i];
                }
                await lane.ConfigureAwait(false);
            }
            await client.CloseAsync().ConfigureAwait(false);
        }
        finally
        {
            IsOpen = false;
            IsOver = true;
            await client.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Finishes what it has, and takes no more.</summary>
    public void Retire()
    {
        _isRetired = true;
        IsOpen = false;
    }

    public ValueTask DisposeAsync()
    {
        IsOver = true;
        return client.DisposeAsync();
    }

    private void AddLane(ChannelReader<StagedInstance> input)
    {
        lock (_lanes)
        {
            if (_lanes.Count <= client.Window)
                _lanes.Add(Task.Run(() => FeedAsync(input)));
        }
    }

    private async Task FeedAsync(ChannelReader<StagedInstance> input)
    {
        while (!_isRetired && await job.NextAsync(input).ConfigureAwait(false) is { } staged)
        {
            // A further negotiation is due: what comes within the blink of an eye can have its contexts too.
            if (client.Associations > 0 && staged.File.ProblemDetail is null && !client.IsReadyFor(staged.File))
                await Task.Delay(s_gather).ConfigureAwait(false);
            if (!await job.HandleAsync(client, staged, isExtra).ConfigureAwait(false))
                Retire();
            AddLane(input);
        }
    }
}
