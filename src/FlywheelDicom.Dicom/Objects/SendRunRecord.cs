namespace FlywheelDicom;

/// <summary>
/// What a report tells of a run beside its results: settings, times, rate, and what its series are. It holds a few texts for each
/// series and no instance. Instances and results come from one thread, but a signal may have the report written on another.
/// </summary>
internal sealed class SendRunRecord
{
    /// <summary>Of further series no texts are kept: such input is no study.</summary>
    private const int MaxSeries = 10_000;
    private const int MaxEdits = 24;

    private readonly object _lock = new();
    private readonly TimeProvider _time;
    private readonly Dictionary<(string?, string?), SeriesTexts> _series = [];
    private readonly SortedSet<string> _edits = new(StringComparer.Ordinal);

    public SendRunRecord(SendRunSettings settings, TimeProvider time)
    {
        (Settings, _time, Started) = (settings, time, time.GetLocalNow());
        Throughput = new Throughput(time);
    }

    public SendRunSettings Settings { get; }
    public DateTimeOffset Started { get; }

    /// <summary>When the last result came.</summary>
    public DateTimeOffset? LastResult { get; private set; }

    public Throughput Throughput { get; }

    /// <summary>The elements that were added, changed or removed before sending, by keyword or tag. Values are not kept: they may be a patient's.</summary>
    public IReadOnlyCollection<string> Edits
    {
        get
        {
            lock (_lock)
                return [.. _edits];
        }
    }

    /// <summary>An instance is about to be sent. Only the first of each series is looked into.</summary>
    public void Enter(DicomFile file)
    {
        var key = (file.StudyInstanceUid, file.SeriesInstanceUid);
        lock (_lock)
        {
            if (file.TransferSyntaxUid is null || _series.Count >= MaxSeries || _series.ContainsKey(key))
                return;
            _series.Add(key, SeriesTexts.Of(file));
            foreach (var tag in file.EditedTags.Take(MaxEdits))
                _edits.Add(DicomDictionary.Lookup(tag)?.Keyword is { Length: > 0 } keyword ? keyword : tag.ToString());
        }
    }

    /// <summary>A result has come.</summary>
    public void Leave(DicomSendResult result)
    {
        lock (_lock)
        {
            LastResult = _time.GetLocalNow();
            Throughput.Add(result.Bytes);
        }
    }

    /// <summary>Null where nothing of this series was sent, or its header could not be read.</summary>
    public SeriesTexts? Find(string? study, string? series)
    {
        lock (_lock)
            return _series.GetValueOrDefault((study, series));
    }
}
