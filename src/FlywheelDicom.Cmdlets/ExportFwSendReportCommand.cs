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

    /// <summary>A signal may have the report written while the pipeline's thread is busy elsewhere.</summary>
    private readonly object _lock = new();
    private SendReport? _report;
    private ResultsLeft? _left;
    private StopNotice? _notice;
    private bool _isAtEnd;
    private bool _isWhatIf;

    /// <summary>What Send-DicomStore, or a confirmation behind it, says of one instance.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    [SendResultTransformation]
    public DicomSendResult InputObject { get; set; } = null!;

    /// <summary>The file to write.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The folder for a file with the standard name; the current one if not given.</summary>
    [Parameter(ParameterSetName = DirectorySet)]
    [ValidateNotNullOrEmpty]
    public string OutputDirectory { get; set; } = ".";

    /// <summary>The folder is a gear's output, which goes to Flywheel: the time in the name is written as dicom-send writes it.</summary>
    [Parameter(ParameterSetName = DirectorySet)]
    public SwitchParameter ForFlywheel { get; set; }

    /// <summary>Writes a page for people beside the CSV.</summary>
    [Parameter]
    public SwitchParameter Html { get; set; }

    /// <summary>The page tells name, ID and birth date of the patient of each study.</summary>
    [Parameter]
    public SwitchParameter IncludePatient { get; set; }

    /// <summary>Uploads it to the session, or whatever container the run was about.</summary>
    [Parameter]
    public SwitchParameter Attach { get; set; }

    /// <summary>The results are those of a run that was stopped: nothing is called complete.</summary>
    [Parameter]
    public SwitchParameter Stopped { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _left = ResultsLeft.Take(MyInvocation);
        _notice = new StopNotice(this);
        // So is a connection that is not there.
        if (Attach)
            _ = Connection;
        // A place that cannot be written to is found before hours of sending, not after.
        var place = ParameterSetName == PathSet ? ReportPlace.InFile(Resolved(Path)) : ReportPlace.InFolder(Resolved(OutputDirectory));
        var style = ForFlywheel && !OperatingSystem.IsWindows() ? ReportNameStyle.Flywheel : ReportNameStyle.Local;
        _isWhatIf = IsWhatIf || WhatIfRun.Of(MyInvocation) is not null;
        try
        {
            if (!_isWhatIf)
                place.Try(style, HasPage ? ReportParts.TablesAndPage : ReportParts.Tables);
        }
        catch (ReportPlaceException e)
        {
            ThrowTerminatingError(DicomErrors.Record(e, e.ErrorId, ParameterSetName == PathSet ? Path : OutputDirectory));
        }
        _report = new SendReport(place, style);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var result = Numbered(InputObject);
        lock (_lock)
            _report!.Add(result);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        EndIfTerminated();
        FwSendReport report;
        lock (_lock)
        {
            if (_isAtEnd)
                return;
            _isAtEnd = true;
            _report!.EndJournals();
        }
        // Where it was said to a stage before, that stage has told what would be done.
        if (_isWhatIf && !IsWhatIf)
            return;
        var end = Stopped || _report!.IsOfCutRun ? RunEnd.Stopped : RunEnd.Complete;
        if (!ShouldProcess(_report!.PathFor(end), "Write report"))
            return;
        if (end == RunEnd.Stopped && !Stopped && _report.IsOfUnknownRun)
            WriteWarning("Nothing says that the run of these results came to its end, as they were loaded or are lines of a journal: there may be images that it never came to, and the report says so.");
        else if (end == RunEnd.Stopped && !Stopped)
            WriteWarning("The run was cut off before it came to its end, as by Select-Object -First: there may be images that it never came to, and the report says so.");
        report = Write(_report, end);
        WriteObject(Attach ? Attached(report) : report);
        foreach (var problem in _report.Problems)
            WriteError(DicomErrors.Record(problem, "ReportNotWritten", report.Path));
        if (IsLast)
            TellOfEnd(report);
    }

    /// <summary>Nobody may look at the object: it may go to a variable.</summary>
    private void TellOfEnd(FwSendReport report)
    {
        if (report.IsComplete || report.IsStopped || !report.IsWritten)
            WriteInformation(report.Summary, [InformationTag]);
        else
            WriteWarning($"{report.Summary} {(report.FailuresPath is { } failures ? $"What failed is listed in '{failures}'. " : "")}{StopNotice.GoOn(report.Journal)}");
    }

    /// <param name="report">What was written; null where there was no result yet.</param>
    private void TellOfStop(FwSendReport? report)
    {
        var journal = _report!.Journal ?? _left?.Journal;
        if (report is not null)
            _notice?.Tell($"{report.Summary} {StopNotice.GoOn(journal)}");
        // Where nothing was sent either, there is nothing to miss.
        else if (_left is not null && IsStopped)
            _notice?.Tell($"The run was stopped before its first result: there is no report. {StopNotice.GoOn(journal)}");
    }

    /// <summary>However a pipeline ends before its time, what was done is written down: in a file that says that it was stopped.</summary>
    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            if (disposing && !_isAtEnd && _report is not null && !_isWhatIf)
            {
                foreach (var result in _left?.ToArray() ?? [])
                    _report.Add(result);
                _report.EndJournals();
                TellOfStop(_report.Tally.First is null ? null : Write(_report, RunEnd.Stopped));
            }
            _isAtEnd = true;
            _report?.Dispose();
        }
        base.Dispose(disposing);
    }

    private bool HasPage => Html || IncludePatient;

    private FwSendReport Write(SendReport report, RunEnd end) => HasPage
        ? report.WriteWithPage(end, new PageOptions { Advice = DicomErrors.Advice, Patients = IncludePatient ? PatientData.Included : PatientData.LeftOut })
        : report.Write(end);

    /// <summary>A failed upload changes nothing of what was sent, nor of the file here.</summary>
    private FwSendReport Attached(FwSendReport report)
    {
        if (report.Path is null)
            return report;
        var places = ReportAttachment.For(_report!.Tally);
        if (places.Count == 0)
        {
            var error = new InvalidOperationException("Nothing that was sent came from Flywheel: there is no place to attach the report to.");
            WriteError(DicomErrors.Record(error, "ReportHasNoPlace", report.Path));
            return report;
        }
        var name = _report.AttachmentName(report.IsStopped ? RunEnd.Stopped : RunEnd.Complete);
        var attached = new List<string>();
        foreach (var place in places)
        {
            if (report.FailuresPath is { } failures)
                _ = Upload(place, "list of failures", System.IO.Path.ChangeExtension(name, null) + "_failures.csv", failures);
            if (report.HtmlPath is { } page)
                _ = Upload(place, "page", System.IO.Path.ChangeExtension(name, ".html"), page);
            if (Upload(place, "report", name, report.Path))
                attached.Add($"{place}/files/{name}");
        }
        return attached.Count == 0 ? report : report with { AttachedTo = string.Join(", ", attached) };
    }

    private bool Upload(ReportAttachment place, string what, string name, string path)
    {
        var client = Connection.Client.With(o => o with { Verbose = Lines.Enqueue });
        var route = Connection.Instance.TakesSignedUploads ? UploadRoute.SignedUrl : UploadRoute.Api;
        var failure = Wait(() => place.TryAttachAsync(client, name, path, route, Cancellation));
        WriteLines();
        if (failure is null)
            return true;
        var hint = failure is FlywheelException { Error: FlywheelError.Forbidden } ? " A read-only key cannot attach it." : "";
        WriteError(DicomErrors.Record(new IOException($"The {what} was not attached to {place}; it is at '{path}'. {failure.Message}{hint}", failure), "ReportNotAttached", path));
        return false;
    }
}
