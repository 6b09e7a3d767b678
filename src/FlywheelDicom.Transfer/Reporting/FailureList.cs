using CsvHelper;
using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Reporting;

/// <summary>
/// The failed instances, written to a file as they come, so that hundreds of thousands take no memory. The first ones are kept for
/// the page.
/// </summary>
internal sealed class FailureList(ReportPlace place) : IDisposable
{
    /// <summary>The number of failures on the HTML page.</summary>
    public const int Kept = 1000;

    internal static IReadOnlyList<string> Columns { get; } = ["Name", "SOP Instance UID", "Reason", "Error ID"];

    private readonly List<Failure> _first = [];
    private PartialFile? _file;
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
            // The run goes on without the list of failures. The report says so at its end.
            Problem = e;
        }
    }

    /// <summary>Completes the file and gives it its name.</summary>
    /// <returns>Its path; null where nothing failed.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public string? Finish(string path)
    {
        if (Problem is not null)
            throw new IOException(Problem.Message, Problem);
        if (_csv is null)
            return null;
        _csv.Dispose();
        _csv = null;
        return place.Place(_file!, path, ReportBeginning.IsFailures);
    }

    public void Dispose()
    {
        try
        {
            _csv?.Dispose();
        }
        catch (IOException)
        {
            // The disk is full, for example. The file is deleted anyway.
        }
        _csv = null;
        _file?.Dispose();
    }

    private CsvWriter Begin()
    {
        _file = place.Begin();
        var csv = CsvWriter.Create(new BufferedStream(_file.Stream), SendReportWriter.Csv, leaveOpen: false);
        csv.WriteRecord([.. Columns]);
        return csv;
    }
}
