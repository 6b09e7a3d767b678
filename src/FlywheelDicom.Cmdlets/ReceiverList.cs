namespace FlywheelDicom.Cmdlets;

/// <summary>The receivers that a runspace has started: they run until they are stopped, the module is removed, or the runspace closes.</summary>
internal sealed class ReceiverList
{
    private readonly List<DicomReceiver> _started = [];

    public void Add(DicomReceiver receiver)
    {
        lock (_started)
            _started.Add(receiver);
    }

    /// <summary>Those that run; another runspace may have been handed one, and stopped it.</summary>
    public DicomReceiver[] All
    {
        get
        {
            lock (_started)
                return [.. _started.Where(r => r.IsRunning)];
        }
    }

    public void Stop(DicomReceiver receiver)
    {
        lock (_started)
            _started.Remove(receiver);
        receiver.StopAsync().GetAwaiter().GetResult();
    }

    public void StopAll()
    {
        foreach (var receiver in All)
            Stop(receiver);
    }
}
