namespace FlywheelDicom;

/// <summary>
/// The run that results came from. One that was cut off, by Ctrl+C, an error or <c>Select-Object -First</c>, has images that it never
/// came to: a report of its results is not complete.
/// </summary>
/// <param name="before">The run whose results this one looked at again; null for the first.</param>
public sealed class DicomSendRun(DicomSendRun? before = null)
{
    private volatile bool _isAtEnd;

    /// <summary>It came to its end, and so did the one before.</summary>
    public bool IsAtEnd => _isAtEnd && before is not { IsAtEnd: false };

    /// <summary>All that was handed in has its result.</summary>
    public void End() => _isAtEnd = true;

    public override string ToString() => IsAtEnd ? "at its end" : "not at its end";
}
