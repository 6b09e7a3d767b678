using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Cmdlets;

/// <summary>The one connection that Connect-FwInstance makes and the other cmdlets use, until it is replaced or ended.</summary>
internal sealed class FlywheelConnection(FlywheelClient client, FwInstance instance) : IDisposable
{
    private static readonly object s_lock = new();
    private static FlywheelConnection? s_current;

    public static FlywheelConnection? Current
    {
        get
        {
            lock (s_lock)
                return s_current;
        }
    }

    /// <summary>With patience for what is asked of it once connected.</summary>
    public FlywheelClient Client { get; } = client.With(o => o with { RetryTime = TimeSpan.FromSeconds(60), Verbose = _ => { } });
    public FwInstance Instance { get; } = instance;

    /// <summary>Ends the one before.</summary>
    public static void Replace(FlywheelConnection? connection)
    {
        FlywheelConnection? previous;
        lock (s_lock)
            (previous, s_current) = (s_current, connection);
        previous?.Dispose();
    }

    public void Dispose() => client.Dispose();
}
