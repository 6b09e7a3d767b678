namespace FlywheelDicom.Transfer.Sources;

/// <summary>The temporary files of one run: how much room they take, and how much they may.</summary>
public sealed class SpoolSpace
{
    private readonly object _lock = new();
    private readonly List<WeakReference<SpoolFile>> _files = [];
    private TaskCompletionSource _changed = NewSignal();

    public string Folder { get; init; } = Path.GetTempPath();

    /// <summary>What is being read or sent may take so many bytes before more is fetched; one file always may.</summary>
    public long Limit { get; init; } = DefaultLimit;

    /// <summary>From so many bytes on a spool is weighed against what it came from.</summary>
    public long FreeSize { get; init; } = 1L << 30;

    /// <summary>The most that compressed images have been seen to expand is far below; a bomb is far above.</summary>
    public int MaxRatio { get; init; } = 200;

    public const long DefaultLimit = 4L << 30;

    /// <summary>The most bytes that were on disk at a time, as far as was looked.</summary>
    public long Peak { get; private set; }

    /// <summary>Bytes that are on disk now.</summary>
    public long OnDisk => Sum(f => f.BytesOnDisk);

    /// <summary>The run was stopped: what was closed stays closed.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>
    /// Waits until what is being read or sent leaves room. Files that nobody is about to send are not waited for: who collects
    /// instances in a variable wants them kept.
    /// </summary>
    public async Task WaitForRoomAsync(long size, CancellationToken cancellation)
    {
        if (OnDisk + size > Limit)
        {
            // Instances that were dropped on the way, by a filter say, still hold theirs until they are collected.
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        while (true)
        {
            var changed = Signal();
            var busy = Sum(f => f.BusyBytes);
            if (busy == 0 || busy + size <= Limit)
                return;
            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Gives all room back at once, where a run was stopped.</summary>
    public void Stop()
    {
        IsStopped = true;
        foreach (var file in Files())
            file.Close();
    }

    internal void Add(SpoolFile file)
    {
        lock (_lock)
        {
            _files.RemoveAll(f => !f.TryGetTarget(out _));
            _files.Add(new WeakReference<SpoolFile>(file));
        }
    }

    internal void Changed()
    {
        var onDisk = OnDisk;
        TaskCompletionSource changed;
        lock (_lock)
        {
            Peak = Math.Max(Peak, onDisk);
            (changed, _changed) = (_changed, NewSignal());
        }
        changed.SetResult();
    }

    private Task Signal()
    {
        lock (_lock)
            return _changed.Task;
    }

    private long Sum(Func<SpoolFile, long> bytes) => Files().Sum(bytes);

    private List<SpoolFile> Files()
    {
        var files = new List<SpoolFile>();
        lock (_lock)
        {
            foreach (var reference in _files)
            {
                if (reference.TryGetTarget(out var file))
                    files.Add(file);
            }
        }
        return files;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
