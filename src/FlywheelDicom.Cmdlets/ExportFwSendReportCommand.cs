using System.Management.Automation;
using FlywheelDicom.Transfer.Reporting;

namespace FlywheelDicom.Cmdlets;

/// <summary>Writes the CSV report of what was sent.</summary>
[Cmdlet(VerbsData.Export, "FwSendReport", DefaultParameterSetName = DirectorySet, SupportsShouldProcess = true)]
[OutputType(typeof(FwSendReport))]
public sealed class ExportFwSendReportCommand : DicomCmdlet
{
    private const string DirectorySet = "OutputDirectory";
    private const string PathSet = "Path";

    private readonly SendTally _tally = new();

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

    protected override void BeginProcessing()
    {
        // A place that cannot be written to is found before hours of sending, not after.
        var folder = ParameterSetName == PathSet ? System.IO.Path.GetDirectoryName(Resolved(Path))! : Resolved(OutputDirectory);
        if (!Directory.Exists(folder))
        {
            var error = new DirectoryNotFoundException($"The folder '{folder}' for the report does not exist.");
            ThrowTerminatingError(new ErrorRecord(error, "ReportFolderNotFound", ErrorCategory.ObjectNotFound, folder));
        }
    }

    protected override void ProcessRecord() => _tally.Add(InputObject);

    protected override void EndProcessing()
    {
        var path = ParameterSetName == PathSet
            ? Resolved(Path)
            : System.IO.Path.Combine(Resolved(OutputDirectory), SendReportWriter.FileName(_tally, DateTime.Now));
        if (!ShouldProcess(path, "Write report"))
            return;
        var rows = _tally.Rows;
        var report = new FwSendReport
        {
            Path = path, Rows = rows, ImagesInSeries = rows.Sum(r => r.ImagesInSeries), ImagesSent = rows.Sum(r => r.ImagesSent),
            HtmlPath = Html ? System.IO.Path.ChangeExtension(path, ".html") : null,
        };
        try
        {
            SendReportWriter.WriteCsv(path, rows);
            if (report.HtmlPath is { } page)
                SendReportWriter.WriteHtml(page, report);
            WriteObject(report);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(new ErrorRecord(new IOException($"The report '{path}' cannot be written: {e.Message}", e), "ReportNotWritten", ErrorCategory.WriteError, path));
        }
    }

    private string Resolved(string path) => SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
}
