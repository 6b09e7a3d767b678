namespace FlywheelDicom;

/// <summary>
/// The run that a result comes from. A run that was cut off, by Ctrl+C, an error or <c>Select-Object -First</c>, has not handled all
/// images: a report of its results is not complete.
/// </summary>
public sealed class DicomSendRun
{
    private readonly DicomSendRun? _before;
    private volatile bool _isAtEnd;
    private TimeProvider? _time;
    private long _started;
    private long? _ended;
    private string? _journal;

    private SendRunRecord? _record;

    /// <summary>One whose failed results are sent again by this one, and that did not come to its end.</summary>
    private volatile DicomSendRun? _cut;

    /// <param name="before">The run whose results this one checks again; null for the first.</param>
    internal DicomSendRun(DicomSendRun? before = null) => _before = before;

    /// <summary>The run of results that were loaded, where nothing says that it came to its end.</summary>
    internal static DicomSendRun NotKnown { get; } = new();

    /// <summary>The run of results that were loaded, and that say so.</summary>
    internal static DicomSendRun Ended { get; } = new() { _isAtEnd = true };

    /// <summary>What a report shows of the run that sent; null where nothing was recorded.</summary>
    internal SendRunRecord? Record
    {
        get => _record ?? _before?.Record;
        set => _record = value;
    }

    /// <summary>Whether it came to its end, and so did the run before.</summary>
    public bool IsAtEnd => _isAtEnd && _before is not { IsAtEnd: false } && _cut is not { IsAtEnd: false };

    /// <summary>The run that sent, where this one only checked again.</summary>
    internal DicomSendRun First => _before?.First ?? this;

    /// <summary>Nothing says whether it, or the run before, came to its end.</summary>
    internal bool IsNotKnown => this == NotKnown || _before is { IsNotKnown: true } || _cut is { IsNotKnown: true };

    /// <summary>The time that it took, or has taken so far; zero where that is not known.</summary>
    public TimeSpan Duration => _time is null ? _before?.Duration ?? TimeSpan.Zero : _time.GetElapsedTime(_started, _ended ?? _time.GetTimestamp());

    /// <summary>The journal that it wrote; null where it wrote none.</summary>
    public string? Journal => _journal ?? _before?.Journal;

    /// <summary>Says whether it came to its end.</summary>
    public override string ToString() => IsAtEnd ? "at its end" : "not at its end";

    /// <summary>Everything that was given to it has its result.</summary>
    internal void End()
    {
        Stop();
        _isAtEnd = true;
    }

    /// <summary>Results of another run are sent again. What that run did not come to, this one does not either.</summary>
    internal void Follow(DicomSendRun run)
    {
        if (run != this && !run.IsAtEnd)
            _cut = run;
    }

    /// <summary>It takes no more time, whether it came to its end or not.</summary>
    internal void Stop() => _ended ??= _time?.GetTimestamp();

    /// <summary>It begins.</summary>
    internal void Begin(TimeProvider time, string? journal) => (_time, _started, _journal) = (time, time.GetTimestamp(), journal);
}
