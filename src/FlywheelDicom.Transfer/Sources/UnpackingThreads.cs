namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// Threads that unpack. They are kept for the next entry, because to start one takes as long as to unpack a small image. Threads of the pool
/// cannot be used: unpacking waits for its reader, which runs in the pool too. So the pool could run out of threads.
/// </summary>
internal static class UnpackingThreads
{
    private static readonly TimeSpan s_keptFor = TimeSpan.FromSeconds(2);
    private static readonly Queue<Action> s_work = new();
    private static int s_idle;

    /// <summary>Begins at once, on an idle thread or on a new one. The action must not throw.</summary>
    public static void Run(Action action)
    {
        lock (s_work)
        {
            s_work.Enqueue(action);
            if (s_work.Count <= s_idle)
            {
                Monitor.Pulse(s_work);
                return;
            }
        }
        new Thread(Serve) { IsBackground = true, Name = "unpacking" }.Start();
    }

    private static void Serve()
    {
        while (Next() is { } action)
            action();
    }

    private static Action? Next()
    {
        lock (s_work)
        {
            Action? action;
            while (!s_work.TryDequeue(out action))
            {
                s_idle++;
                var isAwaited = Monitor.Wait(s_work, s_keptFor);
                s_idle--;
                if (!isAwaited && s_work.Count == 0)
                    return null;
            }
            return action;
        }
    }
}
