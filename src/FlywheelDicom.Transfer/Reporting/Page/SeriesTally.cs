namespace FlywheelDicom.Transfer.Reporting;

/// <summary>Counts results by study and series, in the order met. It keeps counts, and no result.</summary>
internal sealed class SeriesTally
{
    /// <summary>Further series are counted together.</summary>
    public const int MaxSeries = 2000;

    private readonly Dictionary<(string?, string?), SeriesCount> _index = [];
    private readonly List<SeriesCount> _inOrder = [];
    private readonly Dictionary<string, long> _kinds = new(StringComparer.Ordinal);

    public IReadOnlyList<SeriesCount> Series => _inOrder;

    /// <summary>What all series beyond <see cref="MaxSeries"/> have together; null where there are none.</summary>
    public SeriesCount? Others { get; private set; }

    /// <summary>All of them together.</summary>
    public SeriesCount Total { get; } = new(null, null, null);

    /// <summary>The number of failures of each error id.</summary>
    public IReadOnlyDictionary<string, long> FailuresById => _kinds;

    /// <summary>Where it was sent to: a run has one, but a report may be of several.</summary>
    public IReadOnlyCollection<DicomDestination> Destinations => _destinations;
    private readonly HashSet<DicomDestination> _destinations = [];

    public void Add(DicomSendResult result)
    {
        CountFor(result).Add(result);
        Total.Add(result);
        _destinations.Add(result.Destination);
        if (!result.IsStored)
            _kinds[result.ErrorId ?? ""] = _kinds.GetValueOrDefault(result.ErrorId ?? "") + 1;
    }

    private SeriesCount CountFor(DicomSendResult result)
    {
        var key = (result.StudyInstanceUid, result.SeriesInstanceUid);
        if (_index.TryGetValue(key, out var count))
            return count;
        if (_inOrder.Count >= MaxSeries)
            return Others ??= new SeriesCount(null, null, null);
        count = new SeriesCount(result.StudyInstanceUid, result.SeriesInstanceUid, result.Run?.Record?.Find(result.StudyInstanceUid, result.SeriesInstanceUid));
        _index.Add(key, count);
        _inOrder.Add(count);
        return count;
    }
}
