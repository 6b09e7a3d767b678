using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// A connection that Connect-FwInstance has made. Runspaces and running pipelines share it; with the last of them it ends, and the
/// key is forgotten.
/// </summary>
internal sealed class FlywheelConnection(FlywheelClient client, FwInstance instance)
{
    private static long s_made;

    private int _users = 1;

    /// <summary>A later one has a greater number.</summary>
    public long Made { get; } = Interlocked.Increment(ref s_made);

    /// <summary>Tries for a minute: connecting tries for as long as its caller says.</summary>
    public FlywheelClient Client { get; } = client.With(o => o with { RetryTime = TimeSpan.FromSeconds(60), Verbose = _ => { } });
    public FwInstance Instance { get; } = instance;

    public void Retain() => Interlocked.Increment(ref _users);

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            client.Dispose();
    }
}
