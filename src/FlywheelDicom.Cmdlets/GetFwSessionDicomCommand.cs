using System.Globalization;
using System.Management.Automation;
using FlywheelDicom.Flywheel;
using FlywheelDicom.Transfer.Flywheel;
using FlywheelDicom.Transfer.Monitoring;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Cmdlets;

/// <summary>Streams the DICOM instances of a session, subject, project or acquisition in Flywheel.</summary>
[Cmdlet(VerbsCommon.Get, "FwSessionDicom", DefaultParameterSetName = SessionSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.None)]
[OutputType(typeof(DicomFile))]
public sealed class GetFwSessionDicomCommand : FlywheelCmdlet
{
    private const string SessionSet = "Session";
    private const string SubjectSet = "Subject";
    private const string ProjectSet = "Project";
    private const string AcquisitionSet = "Acquisition";
    private const string AnalysisSet = "Analysis";
    private const string PathSet = "Path";

    private readonly HashSet<string> _given = new(StringComparer.Ordinal);
    private readonly FlywheelHealth _listing = new(TimeProvider.System);
    private readonly FlywheelHealth _downloads = new(TimeProvider.System);
    private readonly CancellationTokenSource _stopped = new();
    private SpoolSpace? _space;
    private FlywheelClient? _client;
    private ReadingProgress? _progress;
    private FetchMonitor? _monitor;
    private RunLog? _log;
    private long _found;

    /// <summary>Files that -WhatIf has named in place of fetching them.</summary>
    private long _foretold;
    private int _sessions;
    private int _emptySessions;
    private int _untyped;
    private bool _isStarted;
    private WhatIfRun? _whatIf;

    /// <summary>Sessions by id, or whatever Get-FwProject, Get-FwSubject, Get-FwSession, Get-FwAcquisition or Get-FwFile gives.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = SessionSet)]
    [ValidateNotNullOrEmpty]
    [FlywheelPlaceTransformation]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string[] SessionId { get; set; } = [];

    /// <summary>All sessions of a subject.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SubjectSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string SubjectId { get; set; } = "";

    /// <summary>All sessions of a project.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ProjectSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string ProjectId { get; set; } = "";

    /// <summary>All files of an acquisition.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AcquisitionSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string AcquisitionId { get; set; } = "";

    /// <summary>One file of the acquisition, whatever its type.</summary>
    [Parameter(ParameterSetName = AcquisitionSet)]
    [ValidateNotNullOrEmpty]
    public string? FileName { get; set; }

    /// <summary>Where that file is on this machine, so that it need not be fetched.</summary>
    [Parameter(ParameterSetName = AcquisitionSet)]
    [ValidateNotNullOrEmpty]
    public string? LocalPath { get; set; }

    /// <summary>What an analysis was started on.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AnalysisSet)]
    [ValidateNotNullOrEmpty]
    public string AnalysisId { get; set; } = "";

    /// <summary>group/project/subject/session[/acquisition[/files/name]]</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string Path { get; set; } = "";

    /// <summary>Seconds that a file is tried for after its last byte of progress.</summary>
    [Parameter]
    [ValidateRange(0, 86400)]
    public int RetryTime { get; set; } = 60;

    /// <summary>Also files without a type whose name says DICOM.</summary>
    [Parameter]
    public SwitchParameter IncludeUntyped { get; set; }

    /// <summary>Bytes that files may take in the temporary folder while they are read and sent; one file always may.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long SpoolLimit { get; set; } = SpoolSpace.DefaultLimit;

    /// <summary>How many times its size an archive may expand to.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxExpansion { get; set; } = SpoolSpace.DefaultMaxRatio;

    /// <summary>Bytes that one archive may expand to.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MaxExpandedSize { get; set; } = SpoolSpace.DefaultMaxExpandedSize;

    /// <summary>A file for a line of JSON about each event.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LogPath { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (LocalPath is not null && FileName is null)
        {
            var error = new ArgumentException("-LocalPath stands for one file: name it with -FileName.");
            ThrowTerminatingError(DicomErrors.Record(error, "FileNameMissing", LocalPath));
        }
        if (IsWhatIf)
            _whatIf = WhatIfRun.Begin(MyInvocation);
        _space = new SpoolSpace { Limit = SpoolLimit, MaxRatio = MaxExpansion, MaxExpandedSize = MaxExpandedSize };
        var host = Connection.Instance.Host;
        _log = LogPath is null || IsWhatIf ? null : OpenLog(LogPath);
        _monitor = new FetchMonitor(host, TimeProvider.System, _log);
        _monitor.Start(TimeSpan.FromSeconds(RetryTime), SpoolLimit);
        _progress = new ReadingProgress(this, $"Fetching from {host}", host, TimeProvider.System);
        _client = Connection.Client.With(o => o with { RetryTime = TimeSpan.FromSeconds(RetryTime), Verbose = Lines.Enqueue, Retrying = OnRetry });
        // The end of this pipeline does not end what a later one fetches again; Ctrl+C does.
        Cancellation.Register(() =>
        {
            if (IsStopped)
                _stopped.Cancel();
        });
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // Only now have the stages behind it begun, of which one may be told -WhatIf.
        if (!_isStarted)
            _whatIf ??= WhatIfRun.Of(MyInvocation);
        _isStarted = true;
        if (ParameterSetName != SessionSet)
        {
            Stream(ParameterSetName switch
            {
                SubjectSet => Selection(FlywheelContainerKind.Subject, SubjectId),
                ProjectSet => Selection(FlywheelContainerKind.Project, ProjectId),
                AcquisitionSet => Selection(FlywheelContainerKind.Acquisition, AcquisitionId) with { FileName = FileName },
                AnalysisSet => Selection(FlywheelContainerKind.Analysis, AnalysisId),
                _ => AtPath(),
            });
            return;
        }
        foreach (var given in SessionId)
        {
            var place = FlywheelReferenceText.Parse(given);
            StreamOnce(Selection(place.Kind, place.Id) with { FileName = place.FileName });
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_whatIf is not null && IsWhatIf)
            WhatIfRun.Say(this, $"{_whatIf.Fetched} would be fetched from {Connection.Instance.Host}.");
        _progress!.End();
        _monitor!.End("end", _progress.Counts);
        WriteLines();
        if (_found + _foretold > 0)
            WarnOfLeftOut();
        WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"At most {_space!.Peak / 1e6:0.0} MB were kept in '{_space.Folder}' at a time."));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _whatIf?.End();
        if (disposing && IsStopped)
            _space?.Stop();
        if (disposing)
            _log?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>From any thread.</summary>
    private void OnRetry(Exception? failure, TimeSpan delay)
    {
        _monitor!.Retry(failure, delay);
        _progress!.Watch.Retry($"{Connection.Instance.Host}: {(failure as FlywheelException)?.Error.ToString() ?? "failed"}", delay);
    }

    private FlywheelSelection Selection(FlywheelContainerKind kind, string id) => new() { Kind = kind, ContainerId = id, IncludesUntyped = IncludeUntyped };

    private void StreamOnce(FlywheelSelection selection)
    {
        if (_given.Add($"{selection.Kind} {selection.ContainerId} {selection.FileName}"))
            Stream(selection);
        else
            WriteWarning($"The {Describe(selection)} was given more than once; it is fetched once.");
    }

    private FlywheelSelection AtPath()
    {
        var path = ParsePath(Path);
        var places = new FlywheelPlaces(_client!, _listing, Cancellation);
        var container = Ask(Path, () => new FlywheelFinder(_client!, places, Lines.Enqueue).ResolveAsync(path, Cancellation));
        return Selection(container.Kind!.Value, container.Id) with { FileName = path.FileName };
    }

    private void Stream(FlywheelSelection selection)
    {
        var catalog = new FlywheelCatalog(_client!, _listing, Cancellation, Lines.Enqueue, _progress!.Counts);
        var source = new FlywheelSource(_client!, _downloads, _space!, Lines.Enqueue, Cancellation, warn: WriteWarning, _progress.Counts)
        {
            Stopped = _stopped.Token, Monitor = _monitor, OnWait = _progress.Wait,
        };
        var before = _found + _foretold;
        if (_whatIf is null && !ShouldProcess(Describe(selection), "Fetch DICOM"))
            return;
        using var files = (_whatIf is not null ? Foretold(catalog.ReadAsync(selection)) : LocalPath is null ? source.Read(catalog.ReadAsync(selection)) : Local(source, catalog.ReadAsync(selection))).GetEnumerator();
        ErrorRecord? error;
        while (IsNext(files, selection, out error))
            Emit(files.Current);
        WriteLines();
        (_sessions, _emptySessions, _untyped) = (_sessions + catalog.Sessions, _emptySessions + catalog.EmptySessions, _untyped + catalog.UntypedDicom);
        if (error is null && _found + _foretold == before)
            error = NoDicom(selection, catalog);
        if (error is null)
            return;
        // A place that cannot be had ends the pipeline where it was named. Where many come by the pipeline, it takes its place
        // among them and the others go on.
        if (!MyInvocation.ExpectingInput && _found + _foretold == before)
            ThrowTerminatingError(error);
        WriteError(error);
        var origin = new DicomOrigin
        {
            FileName = selection.ContainerId, SessionId = selection.Kind == FlywheelContainerKind.Session ? selection.ContainerId : null,
            Scope = new DicomOriginScope(selection.Kind.Word(), selection.ContainerId, selection.ContainerId),
        };
        var id = error.Exception is FlywheelException ? DicomProblem.NotListed : DicomProblem.NotDicom;
        WriteObject(DicomFile.Unusable(selection.ContainerId, origin, new(id, error.Exception.Message)));
    }

    private bool IsNext(IEnumerator<DicomFile> files, FlywheelSelection selection, out ErrorRecord? error)
    {
        var isNext = false;
        error = null;
        try
        {
            Produce(() => isNext = files.MoveNext());
        }
        catch (FlywheelException e)
        {
            var named = new FlywheelException(e.Error, $"The {Describe(selection)} cannot be listed: {e.Message}", e) { StatusCode = e.StatusCode };
            error = DicomErrors.For(named, selection.ContainerId);
        }
        catch (ArgumentException e)
        {
            error = DicomErrors.Record(e, "InvalidFlywheelPath", Path.Length > 0 ? Path : selection.ContainerId);
        }
        return isNext;
    }

    private IEnumerable<DicomFile> Local(FlywheelSource source, IAsyncEnumerable<FlywheelItem> items)
    {
        var item = Wait(async () =>
        {
            await foreach (var first in items.ConfigureAwait(false))
                return first;
            return null;
        });
        if (item is null)
            return [];
        return item.Problem is { } problem ? [DicomFile.Unusable(item.Origin.FileName, item.Origin, problem)] : source.ReadLocal(item, Resolved(LocalPath!));
    }

    /// <summary>What would be fetched, as the entries tell it. Nothing is fetched, so there are no instances but those with a problem.</summary>
    private IEnumerable<DicomFile> Foretold(IAsyncEnumerable<FlywheelItem> items)
    {
        var listing = items.GetAsyncEnumerator(Cancellation);
        try
        {
            while (Wait(() => listing.MoveNextAsync().AsTask()))
            {
                var item = listing.Current;
                if (item.Problem is { } problem)
                {
                    yield return DicomFile.Unusable(item.Origin.FileName, item.Origin, problem);
                    continue;
                }
                _whatIf!.Files++;
                _whatIf.FileBytes += item.File.Size ?? 0;
                _whatIf.Members += item.File.ZipMemberCount ?? 0;
                _foretold++;
                var members = item.File.ZipMemberCount is { } count ? string.Create(CultureInfo.InvariantCulture, $", {count} members") : "";
                var size = item.File.Size is { } bytes ? WhatIfRun.Size(bytes) : "of unknown size";
                WhatIfRun.Say(this, $"Fetch '{item.Origin.FlywheelPath}' ({size}{members})");
            }
        }
        finally
        {
            listing.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Where all else went well, nobody would look for what was not there.</summary>
    private void WarnOfLeftOut()
    {
        if (_emptySessions > 0)
            WriteWarning($"{_emptySessions} of {_sessions} sessions hold no file of type dicom; -Verbose names them.");
        if (_untyped > 0)
            WriteWarning($"{_untyped} files without a type were left out although their names say DICOM; -IncludeUntyped takes them, -Verbose names them.");
    }

    private ErrorRecord NoDicom(FlywheelSelection selection, FlywheelCatalog catalog)
    {
        var what = selection.FileName is null ? "holds no file of type dicom" : $"holds no file '{selection.FileName}'";
        var hint = selection.FileName is null && !IncludeUntyped ? " Files without a type are taken with -IncludeUntyped." : "";
        var error = new ItemNotFoundException($"The {Describe(selection)} {what}. {catalog.Seen}{hint}");
        return DicomErrors.Record(error, "FlywheelNoDicom", selection.ContainerId);
    }

    private static string Describe(FlywheelSelection selection) => $"{selection.Kind.Word()} {selection.ContainerId}";

    private void Emit(DicomFile file)
    {
        WriteLines();
        if (file.ProblemDetail is not null)
            WriteError(DicomErrors.For(file));
        _found++;
        _progress!.Find(file);
        WriteObject(file);
    }
}
