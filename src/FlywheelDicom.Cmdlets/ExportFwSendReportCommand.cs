using System.Management.Automation;
using FlywheelDicom.Flywheel;
using FlywheelDicom.Transfer.Flywheel;
using FlywheelDicom.Transfer.Reporting;

namespace FlywheelDicom.Cmdlets;

/// <summary>Writes the CSV report of what was sent.</summary>
[Cmdlet(VerbsData.Export, "FwSendReport", DefaultParameterSetName = DirectorySet, SupportsShouldProcess = true)]
[OutputType(typeof(FwSendReport))]
public sealed class ExportFwSendReportCommand : FlywheelCmdlet
{
    private const string DirectorySet = "OutputDirectory";
    private const string PathSet = "Path";

    private readonly SendTally _tally = new();
    private string? _stoppedPath;
    private bool _isAtEnd;

    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public DicomSendResult InputObject { get; set; } = null!;

    /// <summary>The file to write.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The folder for a file with the standard name; the current one if not given.</summary>
    [Parameter(ParameterSetName = DirectorySet)]
    [ValidateNotNullOrEmpty]
    public string OutputDirectory { get; set; } = ".";

    /// <summary>Writes a page for people beside the CSV.</summary>
    [Parameter]
    public SwitchParameter Html { get; set; }

    /// <summary>Uploads it to the session, or whatever container the run was about.</summary>
    [Parameter]
    public SwitchParameter Attach { get; set; }

    /// <summary>The results are those of a run that was stopped: nothing is called complete.</summary>
    [Parameter]
    public SwitchParameter Stopped { get; set; }

    protected override void BeginProcessing()
    {
        // So is a connection that is not there.
        if (Attach)
            _ = Connection;
        // A place that cannot be written to is found before hours of sending, not after.
        var folder = ParameterSetName == PathSet ? System.IO.Path.GetDirectoryName(Resolved(Path))! : Resolved(OutputDirectory);
        if (!Directory.Exists(folder))
        {
            var error = new DirectoryNotFoundException($"The folder '{folder}' for the report does not exist.");
            ThrowTerminatingError(new ErrorRecord(error, "ReportFolderNotFound", ErrorCategory.ObjectNotFound, folder));
        }
    }

    protected override void ProcessRecord()
    {
        _tally.Add(InputObject);
        _stoppedPath ??= ReportPath(isStopped: true);
    }

    /// <summary>A failed upload changes nothing of what was sent, nor of the file here.</summary>
    private FwSendReport Attached(FwSendReport report)
    {
        var places = ReportAttachment.For(_tally);
        if (places.Count == 0)
        {
            var error = new InvalidOperationException("Nothing that was sent came from Flywheel: there is no place to attach the report to.");
            WriteError(new ErrorRecord(error, "ReportHasNoPlace", ErrorCategory.InvalidOperation, report.Path));
            return report;
        }
        var client = Connection.Client.With(o => o with { Verbose = Lines.Enqueue });
        var signed = Connection.Instance.TakesSignedUploads;
        var name = SendReportWriter.AttachmentName(report.Path);
        var attached = new List<string>();
        foreach (var place in places)
        {
            var failure = Wait(() => place.TryAttachAsync(client, name, report.Path, signed, Cancellation));
            WriteLines();
            if (failure is null)
            {
                attached.Add($"{place}/files/{name}");
                continue;
            }
            var hint = failure is FlywheelException { Error: FlywheelError.Forbidden } ? " A read-only key cannot attach it." : "";
            var error = new IOException($"The report was not attached to {place}; it is at '{report.Path}'. {failure.Message}{hint}", failure);
            WriteError(new ErrorRecord(error, "ReportNotAttached", ErrorCategory.WriteError, report.Path));
        }
        return attached.Count == 0 ? report : report with { AttachedTo = string.Join(", ", attached) };
    }

    protected override void EndProcessing()
    {
        _isAtEnd = true;
        var path = ReportPath(Stopped);
        if (!ShouldProcess(path, "Write report"))
            return;
        try
        {
            var report = Write(path, Stopped);
            WriteObject(Attach ? Attached(report) : report);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(new ErrorRecord(new IOException($"The report '{path}' cannot be written: {e.Message}", e), "ReportNotWritten", ErrorCategory.WriteError, path));
        }
    }

    /// <summary>Ctrl+C ends the pipeline, and yet what was done is written down: in a file that says that it was stopped.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing && IsStopped && !_isAtEnd && _tally.First is not null)
        {
            try
            {
                Write(_stoppedPath!, isStopped: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // There is nobody left to tell.
            }
        }
        base.Dispose(disposing);
    }

    private string ReportPath(bool isStopped) => ParameterSetName == PathSet
        ? Resolved(Path)
        : System.IO.Path.Combine(Resolved(OutputDirectory), SendReportWriter.FileName(_tally, DateTime.Now, isStopped));

    private FwSendReport Write(string path, bool isStopped)
    {
        var rows = _tally.Rows;
        if (isStopped)
            rows = [.. rows.Select(r => r with { IsStopped = true })];
        var report = new FwSendReport
        {
            Path = path, Rows = rows, ImagesInSeries = rows.Sum(r => r.ImagesInSeries), ImagesSent = rows.Sum(r => r.ImagesSent), IsStopped = isStopped,
            HtmlPath = Html ? System.IO.Path.ChangeExtension(path, ".html") : null,
        };
        SendReportWriter.WriteCsv(path, rows);
        if (report.HtmlPath is { } page)
            SendReportWriter.WriteHtml(page, report);
        return report;
    }
}
