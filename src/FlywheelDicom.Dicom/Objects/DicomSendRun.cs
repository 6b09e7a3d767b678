namespace FlywheelDicom;

/// <summary>
/// The run that a result comes from. A run that was cut off, by Ctrl+C, an error or <c>Select-Object -First</c>, has not handled all
/// images: a report of its results is not complete.
/// </summary>
public sealed class DicomSendRun
{
    private readonly DicomSendRun? _before;
    private volatile bool _isAtEnd;

    /// <param name="before">The run whose results this one checks again; null for the first.</param>
    internal DicomSendRun(DicomSendRun? before = null) => _before = before;

    /// <summary>Whether it came to its end, and so did the run before.</summary>
    public bool IsAtEnd => _isAtEnd && _before is not { IsAtEnd: false };

    /// <summary>Says whether it came to its end.</summary>
    public override string ToString() => IsAtEnd ? "at its end" : "not at its end";

    /// <summary>Everything that was given to it has its result.</summary>
    internal void End() => _isAtEnd = true;
}
