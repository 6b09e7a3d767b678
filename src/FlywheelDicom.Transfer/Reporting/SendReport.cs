namespace FlywheelDicom.Transfer.Reporting;

/// <summary>A report that is not written yet: it counts results as they come. It can be written also where the run was stopped.</summary>
internal sealed class SendReport : IDisposable
{
    private readonly ReportPlace _place;
    private readonly ReportNameStyle _style;
    private readonly TimeProvider _time;
    private readonly FailureList _failures;

    public SendReport(ReportPlace place, ReportNameStyle style, TimeProvider? time = null)
        => (_place, _style, _time, _failures) = (place, style, time ?? TimeProvider.System, new FailureList(place));

    public SendTally Tally { get; } = new();

    private readonly SeriesTally _series = new();

    /// <summary>Some results are of a run that did not come to its end.</summary>
    public bool IsOfCutRun => _runs.Any(r => !r.IsAtEnd);
    private readonly HashSet<DicomSendRun> _runs = [];

    /// <summary>Nothing says whether the run of some results came to its end: they were loaded.</summary>
    public bool IsOfUnknownRun => _runs.Any(r => r.IsNotKnown);

    /// <summary>Lines of a journal: what was stored is stored, whatever was tried later; else the last one counts.</summary>
    private readonly Dictionary<(DicomDestination, string?), DicomSendResult> _ofJournal = [];

    /// <summary>The journal of the run that is reported of; null where it had none.</summary>
    public string? Journal => _runs.Select(r => r.Journal).FirstOrDefault(j => j is not null);

    /// <summary>The reasons for files that could not be written; empty if there are none.</summary>
    public IReadOnlyList<IOException> Problems => _problems;
    private readonly List<IOException> _problems = [];

    public void Add(DicomSendResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (result.IsOfJournal)
        {
            var key = (result.Destination, result.SopInstanceUid);
            if (!_ofJournal.TryGetValue(key, out var before) || result.IsStored || !before.IsStored)
                _ofJournal[key] = result;
            return;
        }
        Count(result);
    }

    /// <summary>All lines of journals were given: each instance is counted once.</summary>
    public void EndJournals()
    {
        foreach (var result in _ofJournal.Values)
            Count(result);
        _ofJournal.Clear();
    }

    private void Count(DicomSendResult result)
    {
        Tally.Add(result);
        _series.Add(result);
        if (result.Run is { } run)
            _runs.Add(run);
        if (!result.IsStored)
            _failures.Add(result);
    }

    /// <summary>The path of the report if it were written now.</summary>
    public string PathFor(RunEnd end) => _place.PathFor(ReportName.Of(Tally, Now, _style, end));

    /// <summary>The name of this report in Flywheel.</summary>
    public string AttachmentName(RunEnd end) => ReportName.Attachment(Tally, Now, end);

    /// <summary>Writes the CSV, and that of the failures where there are any. What cannot be written is added to <see cref="Problems"/>.</summary>
    public FwSendReport Write(RunEnd end) => Write(end, PathFor(end));

    /// <summary>Writes the same, and an HTML page.</summary>
    public FwSendReport WriteWithPage(RunEnd end, PageOptions? options = null)
    {
        var path = PathFor(end);
        var report = Write(end, path);
        var page = ReportName.PageOf(report.Path ?? path);
        return report with
        {
            HtmlPath = Written("page", page, () => _place.Write(page, stream => HtmlReport.Write(stream, Page(report, options ?? new PageOptions())), ReportBeginning.IsPage)),
        };
    }

    public void Dispose() => _failures.Dispose();

    private FwSendReport Write(RunEnd end, string path)
    {
        var isStopped = end == RunEnd.Stopped;
        var rows = Tally.Rows;
        if (isStopped)
            rows = [.. rows.Select(r => r with { IsStopped = true })];
        var report = new FwSendReport
        {
            Path = null, Rows = rows, ImagesInSeries = rows.Sum(r => r.ImagesInSeries), ImagesSent = rows.Sum(r => r.ImagesSent), IsStopped = isStopped,
            DistinctImages = Tally.DistinctImages, Warnings = Tally.Warnings, Skipped = Tally.Skipped, Bytes = Tally.Bytes, Destination = Tally.Destination,
            Duration = _runs.Select(r => r.First).Distinct().Aggregate(TimeSpan.Zero, (sum, r) => sum + r.Duration), Journal = Journal,
        };
        report = report with { Path = Written("report", path, () => _place.Write(path, stream => SendReportWriter.WriteCsv(stream, rows), ReportBeginning.IsReport)) };
        var failures = ReportName.FailuresOf(report.Path ?? path);
        // A list that an earlier run left would be taken for one of this run.
        if (report.Path is not null && _failures.Count == 0)
            Remove(failures);
        return report with { FailuresPath = Written("list of failures", failures, () => _failures.Finish(failures)) };
    }

    private ReportPage Page(FwSendReport report, PageOptions options) => new()
    {
        Report = report, Origins = [.. Tally.Origins], Series = _series, Failures = _failures, Options = options, Written = _time.GetLocalNow(),
        // A run that confirms has the record of the run that sent.
        Runs = [.. _runs.Select(r => r.Record).OfType<SendRunRecord>().Distinct().OrderBy(r => r.Started)],
    };

    private DateTime Now => _time.GetLocalNow().DateTime;

    private void Remove(string failures)
    {
        try
        {
            if (!Tally.Origins.Any(o => o.LocalPath == failures))
                _place.Remove(failures, ReportBeginning.IsFailures);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _problems.Add(new IOException(PlainText.Clean($"The list of failures '{failures}' is of an earlier run, and cannot be deleted: {e.Message}"), e));
        }
    }

    private string? Written(string what, string path, Func<string?> write)
    {
        try
        {
            // A report is written over what the caller names, but never over what was sent.
            return Tally.Origins.Any(o => o.LocalPath == path) ? throw new IOException("that is the file that was sent.") : write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _problems.Add(new IOException(PlainText.Clean($"The {what} '{path}' cannot be written: {e.Message}"), e));
            return null;
        }
    }
}
