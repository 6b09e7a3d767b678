using CsvHelper;

namespace FlywheelDicom.Transfer.Reporting;

/// <summary>An instance that is not at the destination, and why.</summary>
internal readonly record struct Failure(string Name, string Uid, string Reason, string ErrorId)
{
    public static Failure Of(DicomSendResult result) => new(
        PlainText.Clean(result.Name), PlainText.Clean(result.SopInstanceUid ?? ""), PlainText.Clean(result.Reason ?? ""), result.ErrorId ?? "");
}

/// <summary>
/// What failed, written to a file as it comes: hundreds of thousands of failures take no memory. The first ones are kept for the page.
/// </summary>
internal sealed class FailureList(ReportPlace place) : IDisposable
{
    /// <summary>So many stand in the HTML page.</summary>
    public const int Kept = 1000;

    private readonly List<Failure> _first = [];
    private string? _partial;
    private CsvWriter? _csv;

    public long Count { get; private set; }

    public IReadOnlyList<Failure> First => _first;

    /// <summary>Why the file cannot be written; null where it can.</summary>
    public Exception? Problem { get; private set; }

    public void Add(DicomSendResult result)
    {
        var failure = Failure.Of(result);
        Count++;
        if (_first.Count < Kept)
            _first.Add(failure);
        if (Problem is not null)
            return;
        try
        {
            (_csv ??= Begin()).WriteRecord([failure.Name, failure.Uid, failure.Reason, failure.ErrorId]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It costs the list of failures, not the run; the report's end tells.
            Problem = e;
        }
    }

    /// <summary>Gives the file its name; null where nothing failed.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public string? Finish(string path)
    {
        if (Problem is not null)
            throw new IOException(Problem.Message, Problem);
        if (_csv is null)
            return null;
        _csv.Dispose();
        _csv = null;
        var placed = place.Place(_partial!, path);
        _partial = null;
        return placed;
    }

    public void Dispose()
    {
        try
        {
            _csv?.Dispose();
        }
        catch (IOException)
        {
            // A full disk: the file goes anyway.
        }
        _csv = null;
        if (_partial is null)
            return;
        try
        {
            File.Delete(_partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder has gone, and the file with it.
        }
        _partial = null;
    }

    private CsvWriter Begin()
    {
        _partial = place.TemporaryPath();
        var csv = SendReportWriter.Csv(new FileStream(_partial, FileMode.CreateNew, FileAccess.Write), leaveOpen: false);
        csv.WriteRecord(["Name", "SOP Instance UID", "Reason", "Error ID"]);
        return csv;
    }
}
