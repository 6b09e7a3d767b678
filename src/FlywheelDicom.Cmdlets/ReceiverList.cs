namespace FlywheelDicom.Cmdlets;

/// <summary>The receivers that this session has started: they live until they are stopped, or the module goes.</summary>
internal static class ReceiverList
{
    private static readonly List<DicomReceiver> s_running = [];

    public static void Add(DicomReceiver receiver)
    {
        lock (s_running)
            s_running.Add(receiver);
    }

    public static DicomReceiver[] All
    {
        get
        {
            lock (s_running)
                return [.. s_running];
        }
    }

    public static void Stop(DicomReceiver receiver)
    {
        lock (s_running)
            s_running.Remove(receiver);
        receiver.StopAsync().GetAwaiter().GetResult();
    }

    public static void StopAll()
    {
        foreach (var receiver in All)
            Stop(receiver);
    }
}
