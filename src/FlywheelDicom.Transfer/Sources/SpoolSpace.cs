namespace FlywheelDicom.Transfer.Sources;

/// <summary>The temporary files of a run: how much space they use, and how much they may use.</summary>
internal sealed class SpoolSpace
{
    private readonly object _lock = new();
    private readonly List<WeakReference<SpoolFile>> _files = [];
    private TaskCompletionSource _changed = NewSignal();

    public string Folder { get; init; } = Path.GetTempPath();

    /// <summary>Bytes that files which are being read or sent may use before the next one is fetched. One file is always allowed.</summary>
    public long Limit { get; init; } = DefaultLimit;

    /// <summary>Up to this number of bytes an archive may expand to any multiple of its size.</summary>
    public long FreeSize { get; init; } = 1L << 30;

    /// <summary>How many times its size an archive may expand to.</summary>
    public int MaxRatio { get; init; } = DefaultMaxRatio;

    /// <summary>How many bytes one archive may expand to.</summary>
    public long MaxExpandedSize { get; init; } = DefaultMaxExpandedSize;

    public const long DefaultLimit = 4L << 30;

    /// <summary>Much more than images expand to, and much less than a decompression bomb.</summary>
    public const int DefaultMaxRatio = 200;
    public const long DefaultMaxExpandedSize = 1L << 40;

    /// <summary>The highest number of bytes on disk so far, as far as it was measured.</summary>
    public long Peak { get; private set; }

    /// <summary>Bytes that are on disk now.</summary>
    public long OnDisk => Sum(f => f.BytesOnDisk);

    /// <summary>The run was stopped: closed files are not filled again.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>
    /// Waits until files that are being read or sent leave enough space. It does not wait for files that nothing is reading or sending:
    /// instances that a user collects in a variable keep their space.
    /// </summary>
    public async Task WaitForRoomAsync(long size, CancellationToken cancellation)
    {
        if (OnDisk + size > Limit)
        {
            // Instances that a filter left out, for example, hold their files until they are garbage collected.
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        while (true)
        {
            var changed = NextChange;
            var busy = Sum(f => f.BusyBytes);
            if (busy == 0 || busy + size <= Limit)
                return;
            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Frees all space at once, because the run was stopped.</summary>
    public void Stop()
    {
        IsStopped = true;
        foreach (var file in Files())
            file.Close();
    }

    /// <summary>Checks what an archive expands to.</summary>
    /// <exception cref="InvalidDataException">It is more than is allowed.</exception>
    internal void RequireAllowedExpansion(long expanded, long packed)
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

    private Task NextChange
    {
        get
        {
            lock (_lock)
                return _changed.Task;
        }
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
