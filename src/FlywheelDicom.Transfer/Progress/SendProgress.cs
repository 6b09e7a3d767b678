using System.Collections.Concurrent;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Transfer.Progress;

/// <summary>
/// Counts what a run sends. To count an instance costs a few interlocked additions. Any thread may count; one thread takes
/// <see cref="Snapshot"/>s, a few a second.
/// </summary>
internal sealed class SendProgress
{
    /// <summary>What an instance costs beside its bytes, as a number of bytes that would take as long.</summary>
    private const long InstanceCost = 16 * 1024;

    /// <summary>From then on a wait is shown.</summary>
    public static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(1);

    /// <summary>A move is seen at the next look only: so much later than it was.</summary>
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(300);

    /// <summary>Series whose description is remembered.</summary>
    private const int MaxSeries = 4096;

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly RateWindow _rate;
    private readonly ConcurrentDictionary<string, string> _series = new(StringComparer.Ordinal);
    private long _entered;
    private long _enteredBytes;
    private long _done;
    private long _doneBytes;
    private long _failed;
    private long _sent;
    private long _underWay;
    private int _connecting;
    private long _connectingSince;
    private volatile bool _isInputComplete;
    private DicomFile? _current;
    private Outage? _outage;
    private readonly object _outageLock = new();
    private (long Written, long Done) _lastMove;
    private long _moved;

    public SendProgress(TimeProvider time)
    {
        (_time, _started, _moved, _rate) = (time, time.GetTimestamp(), time.GetTimestamp(), new RateWindow(time));
    }

    /// <summary>The bytes that leave, counted by the network itself.</summary>
    public SentBytes Sent { get; } = new();

    /// <summary>What the source of the instances knows; null where it is not known.</summary>
    public ReadProgress? Source { get; set; }

    public long Done => Interlocked.Read(ref _done);

    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>An instance is handed in.</summary>
    public void Enter(DicomFile file)
    {
        Interlocked.Increment(ref _entered);
        Interlocked.Add(ref _enteredBytes, file.Length);
        if (file.SeriesInstanceUid is { } series && !_series.ContainsKey(series) && _series.Count < MaxSeries)
            _series.TryAdd(series, Describe(file));
    }

    /// <summary>No more comes.</summary>
    public void EndInput() => _isInputComplete = true;

    public void Begin(DicomFile file)
    {
        Interlocked.Increment(ref _underWay);
        Volatile.Write(ref _current, file);
    }

    /// <summary>It was handed back, for another association.</summary>
    public void Return() => Interlocked.Decrement(ref _underWay);

    public void End(DicomFile file, DicomSendResult result)
    {
        Interlocked.Decrement(ref _underWay);
        Interlocked.Add(ref _doneBytes, file.Length);
        Interlocked.Add(ref _sent, result.Bytes);
        if (!result.IsStored)
            Interlocked.Increment(ref _failed);
        Interlocked.Increment(ref _done);
    }

    /// <summary>An instance that never enters the run has its result.</summary>
    public void Decline(DicomFile file)
    {
        Interlocked.Add(ref _doneBytes, file.Length);
        Interlocked.Increment(ref _failed);
        Interlocked.Increment(ref _done);
    }

    public void BeginConnecting()
    {
        if (Interlocked.Increment(ref _connecting) == 1)
            Interlocked.Exchange(ref _connectingSince, _time.GetTimestamp());
    }

    public void EndConnecting() => Interlocked.Decrement(ref _connecting);

    /// <summary>A try failed, and another one follows.</summary>
    /// <param name="what">With a star in place of the destination.</param>
    /// <param name="next">The number of the next try.</param>
    /// <param name="delay">Until then.</param>
    /// <param name="left">Until the instance is given up; null where that is not limited.</param>
    /// <returns>True where an outage began with it.</returns>
    public bool Retry(string what, int next, TimeSpan delay, TimeSpan? left)
    {
        var now = _time.GetLocalNow();
        lock (_outageLock)
        {
            var before = _outage;
            var (nextTry, givesUp) = (now + delay, now + left);
            // Several instances are tried, each at its own time: the earliest of these is what comes next.
            _outage = (before ?? new Outage { What = what, Since = now }) with
            {
                Try = Math.Max(next, before?.Try ?? 0), NextTry = before?.NextTry > now && before.NextTry < nextTry ? before.NextTry : nextTry,
                GivesUp = before?.GivesUp > now && before.GivesUp < givesUp ? before.GivesUp : givesUp, IsDown = false,
            };
            return before is null;
        }
    }

    /// <summary>An instance was given up: the destination is down.</summary>
    public bool GiveUp(string what)
    {
        lock (_outageLock)
        {
            var before = _outage;
            _outage = (before ?? new Outage { What = what, Since = _time.GetLocalNow() }) with { IsDown = true, NotSent = (before?.NotSent ?? 0) + 1 };
            return before is null;
        }
    }

    /// <summary>The destination answered.</summary>
    /// <returns>The outage that ended with it; null where there was none.</returns>
    public Outage? EndOutage()
    {
        if (Volatile.Read(ref _outage) is null)
            return null;
        lock (_outageLock)
        {
            var ended = _outage;
            _outage = null;
            return ended;
        }
    }

    /// <summary>From one thread only.</summary>
    public SendSnapshot Snapshot()
    {
        var (entered, enteredBytes) = (Interlocked.Read(ref _entered), Interlocked.Read(ref _enteredBytes));
        var (done, doneBytes) = (Interlocked.Read(ref _done), Interlocked.Read(ref _doneBytes));
        var (written, withdrawn) = (Sent.Written, Sent.Withdrawn);
        var inTransit = Math.Max(0, written - withdrawn - Interlocked.Read(ref _sent));
        var (ahead, aheadBytes, mayGrow) = Ahead(entered, enteredBytes);
        var (bytes, total, totalBytes) = (doneBytes + inTransit, Math.Max(done, entered + ahead), enteredBytes + aheadBytes);
        var rate = _rate.At(written, done);
        if (_lastMove != (written, done))
            (_lastMove, _moved) = ((written, done), _time.GetTimestamp());
        var outage = Volatile.Read(ref _outage);
        var standing = _time.GetElapsedTime(_moved);
        var current = Volatile.Read(ref _current);
        return new SendSnapshot
        {
            Done = done, Total = total, IsTotalKnown = !mayGrow, Bytes = totalBytes > 0 ? Math.Min(bytes, totalBytes) : bytes, TotalBytes = totalBytes, Failed = Interlocked.Read(ref _failed),
            BytesPerSecond = rate.Bytes, InstancesPerSecond = rate.Instances, TimeLeft = TimeLeft(rate, total - done, totalBytes - bytes),
            Elapsed = _time.GetElapsedTime(_started), Outage = outage, Standing = standing, State = StateOf(outage, standing, entered - done),
            Current = current?.Name, Series = current?.SeriesInstanceUid is { } uid ? _series.GetValueOrDefault(uid) : null,
        };
    }

    /// <summary>What comes still. Where a stage between the source and this one leaves instances out, it will do so with the rest.</summary>
    private (long Items, long Bytes, bool MayGrow) Ahead(long entered, long enteredBytes)
    {
        if (_isInputComplete)
            return (0, 0, false);
        if (Source is not { } source)
            return (0, 0, true);
        var (found, foundBytes, ahead, aheadBytes) = (source.Found, source.FoundBytes, source.Ahead, source.AheadBytes);
        // One at most is on its way through the stages between.
        if (found <= entered + 1)
            return (ahead + Math.Max(0, found - entered), aheadBytes + Math.Max(0, foundBytes - enteredBytes), source.MayGrow);
        var share = (double)entered / found;
        return ((long)(ahead * share), (long)(aheadBytes * share), true);
    }

    private ProgressState StateOf(Outage? outage, TimeSpan standing, long open)
    {
        // Where bytes have left since the next try was due, it is under way: a long instance is not an outage till it is answered.
        if (outage is not null && (outage.IsDown || outage.NextTry + s_betweenLooks >= _time.GetLocalNow() - standing))
            return outage.IsDown ? ProgressState.Down : ProgressState.Outage;
        if (standing < WorthTelling)
            return ProgressState.Working;
        if (Volatile.Read(ref _connecting) > 0 && _time.GetElapsedTime(Interlocked.Read(ref _connectingSince)) >= WorthTelling)
            return ProgressState.Connecting;
        if (open > 0)
            return Interlocked.Read(ref _underWay) > 0 ? ProgressState.AwaitingAnswer : ProgressState.Working;
        return _isInputComplete ? ProgressState.Working : ProgressState.AwaitingInput;
    }

    private static TimeSpan? TimeLeft((double Bytes, double Instances) rate, long instances, long bytes)
    {
        var speed = rate.Bytes + rate.Instances * InstanceCost;
        if (speed <= 0 || instances <= 0)
            return null;
        var seconds = (Math.Max(0, bytes) + instances * InstanceCost) / speed;
        return seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>"5: T1 MPRAGE"; empty where the header tells neither.</summary>
    private static string Describe(DicomFile file)
    {
        try
        {
            var header = file.Dataset;
            var (number, description) = (header["SeriesNumber"]?.ToString()?.Trim(), header["SeriesDescription"]?.ToString()?.Trim());
            return PlainText.Clean(string.Join(": ", new[] { number, description }.Where(t => !string.IsNullOrEmpty(t))));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or InvalidOperationException)
        {
            // It is only for show: what is wrong with the file, sending it will tell.
            return "";
        }
    }
}
