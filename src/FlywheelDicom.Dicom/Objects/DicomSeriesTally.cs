namespace FlywheelDicom;

/// <summary>Sums up a stream of instances by study and series. It holds a summary for each series, and no instance.</summary>
public sealed class DicomSeriesTally
{
    private readonly Dictionary<(string?, string?), DicomSeriesSummary> _bySeries = [];
    private readonly List<DicomSeriesSummary> _inOrder = [];

    /// <summary>In the order in which they were met.</summary>
    public IReadOnlyList<DicomSeriesSummary> Series => _inOrder;

    /// <exception cref="IOException">The header of a series' first instance cannot be read again.</exception>
    public void Add(DicomFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var key = (file.StudyInstanceUid, file.SeriesInstanceUid);
        if (!_bySeries.TryGetValue(key, out var summary))
        {
            summary = new DicomSeriesSummary(file);
            _bySeries.Add(key, summary);
            _inOrder.Add(summary);
        }
        summary.Add(file);
    }
}
