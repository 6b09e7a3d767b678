using System.Threading.Channels;
using FlywheelDicom.Network.Scu;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>The instances that wait to be sent: a few ahead of the associations, which negotiate contexts for them.</summary>
internal sealed class WorkQueue(CancellationToken cancellation)
{
    private readonly Channel<StagedInstance> _staged = Channel.CreateBounded<StagedInstance>(DicomClient.MaxExpected);

    /// <summary>Instances of an extra association that the destination rejected.</summary>
    private readonly Channel<StagedInstance> _returned = Channel.CreateUnbounded<StagedInstance>();

    /// <summary>How many wait, without those that were handed back.</summary>
    public int Backlog => _staged.Reader.Count;

    public bool HasReturned => _returned.Reader.Count > 0;

    public ValueTask StageAsync(StagedInstance instance) => _staged.Writer.WriteAsync(instance, cancellation);

    /// <summary>No more instances come.</summary>
    public void Complete() => _staged.Writer.TryComplete();

    public void HandBack(StagedInstance instance) => _returned.Writer.TryWrite(instance);

    /// <summary>Waits for an instance without taking it; false at the end.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken tooLate) => _staged.Reader.WaitToReadAsync(tooLate);

    /// <summary>The next instance, those first that were handed back; null at the end.</summary>
    public async ValueTask<StagedInstance?> NextAsync()
    {
        do
        {
            if (TryTake(out var next))
                return next;
        }
        while (await _staged.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false));
        return null;
    }

    public bool TryTake(out StagedInstance instance) => _returned.Reader.TryRead(out instance) || _staged.Reader.TryRead(out instance);
}
