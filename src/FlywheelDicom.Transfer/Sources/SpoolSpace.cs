namespace FlywheelDicom.Transfer.Sources;

/// <summary>The temporary files of one run: how much room they take, and how much they may.</summary>
internal sealed class SpoolSpace
{
    private readonly object _lock = new();
    private readonly List<WeakReference<SpoolFile>> _files = [];
    private TaskCompletionSource _changed = NewSignal();

    public string Folder { get; init; } = Path.GetTempPath();

    /// <summary>What is being read or sent may take so many bytes before more is fetched; one file always may.</summary>
    public long Limit { get; init; } = DefaultLimit;

    /// <summary>From so many bytes on, what an archive expands to is weighed against its size.</summary>
    public long FreeSize { get; init; } = 1L << 30;

    /// <summary>How many times its size an archive may expand to.</summary>
    public int MaxRatio { get; init; } = DefaultMaxRatio;

    /// <summary>How many bytes one archive may expand to.</summary>
    public long MaxExpandedSize { get; init; } = DefaultMaxExpandedSize;

    public const long DefaultLimit = 4L << 30;

    /// <summary>The most that images have been seen to expand is far below; a bomb is far above.</summary>
    public const int DefaultMaxRatio = 200;
    public const long DefaultMaxExpandedSize = 1L << 40;

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

    /// <exception cref="InvalidDataException">What an archive expands to is past what is sane.</exception>
    internal void Weigh(long expanded, long packed)
    {
        if (expanded > FreeSize && expanded / MaxRatio > packed)
            throw new InvalidDataException($"It expands to more than {MaxRatio} times its size: that is no honest archive.");
        if (expanded > MaxExpandedSize)
            throw new InvalidDataException($"It expands to more than the {MaxExpandedSize} bytes that are allowed.");
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
