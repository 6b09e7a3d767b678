namespace FlywheelDicom;

/// <summary>Sums up a stream of instances by study and series. It holds a summary for each series, and no instance.</summary>
internal sealed class DicomSeriesTally
{
    private readonly Dictionary<(string?, string?), DicomSeriesSummary> _bySeries = [];
    private readonly List<DicomSeriesSummary> _inOrder = [];

    /// <summary>In the order in which they were met.</summary>
    public IReadOnlyList<DicomSeriesSummary> Series => _inOrder;

    /// <summary>Counts an instance.</summary>
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
