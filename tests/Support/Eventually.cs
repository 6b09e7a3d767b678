namespace FlywheelDicom.TestSupport;

/// <summary>Waits for what another thread or a peer is about to do, however loaded the machine is.</summary>
public static class Eventually
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Returns as soon as it holds.</summary>
    /// <exception cref="TimeoutException">It did not within 20 s.</exception>
    public static async Task HoldsAsync(Func<bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        for (var until = DateTime.UtcNow + s_patience; !condition(); await Task.Delay(10).ConfigureAwait(false))
        {
            if (DateTime.UtcNow > until)
                throw new TimeoutException("What was waited for did not come.");
        }
    }
}
