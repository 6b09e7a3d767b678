using System.Management.Automation;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Transfer.Monitoring;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Cmdlets;

/// <summary>Sends instances to a Storage SCP; one result leaves for each that enters.</summary>
[Cmdlet(VerbsCommunications.Send, "DicomStore", SupportsShouldProcess = true)]
[OutputType(typeof(DicomSendResult))]
public sealed class SendDicomStoreCommand : DestinationCmdlet
{
    private const int Capacity = 256;

    /// <summary>Pairs of instances under one UID that are named; of the others their number is told.</summary>
    private const int MaxNamedPairs = 20;

    private readonly DicomSendRun _run = new();
    private ResultsLeft? _left;
    private DicomDestination? _destination;
    private PipelinePump<DicomFile, DicomSendResult>? _pump;
    private SendingProgress? _progress;
    private SendMonitor? _monitor;
    private RunLog? _log;
    private StopNotice? _notice;
    private SendJournal? _journal;
    private bool _warnedOfJournal;
    private string? _lastNotTried;
    private long _notReported;
    private long _sameUids;
    private WhatIfSending? _whatIf;
    private WhatIfRun? _whatIfRun;

    /// <summary>The instance to send.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    [SentFileTransformation]
    [DicomFileTransformation]
    public DicomFile InputObject { get; set; } = null!;

    /// <summary>A host name, an IPv4 or IPv6 address, or what New-DicomDestination made.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("ComputerName", "HostName")]
    [DestinationTransformation]
    [ArgumentCompleter(typeof(DestinationCompleter))]
    public DicomDestination Destination { get; set; } = null!;

    /// <summary>Associations at a time: Auto, or 1 to 64.</summary>
    [Parameter]
    [AssociationLimit]
    [ArgumentCompleter(typeof(AssociationLimitCompleter))]
    public int MaxAssociations { get; set; } = StoreOptions.Automatic;

    /// <summary>Results leave in the order in which the instances came, as they do with Auto and with 1.</summary>
    [Parameter]
    public SwitchParameter Ordered { get; set; }

    /// <summary>Seconds that one instance is tried for after a failure that may heal.</summary>
    [Parameter]
    [ValidateRange(0, 86400)]
    public int RetryTime { get; set; } = 60;

    /// <summary>Seconds for each answer of the peer.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int Timeout { get; set; } = 60;

    /// <summary>Bytes of the longest PDU that is sent or taken.</summary>
    [Parameter]
    [ValidateRange(DicomClientOptions.MinMaxPduLength, DicomClientOptions.MaxMaxPduLength)]
    public int MaxPduLength { get; set; } = DicomClientOptions.DefaultMaxPduLength;

    /// <summary>A file that remembers what was stored there: a second run sends only what is missing.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(JournalCompleter))]
    public string? Journal { get; set; }

    /// <summary>A file for a line of JSON about each event.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LogPath { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _left = ResultsLeft.Offer(MyInvocation);
        _destination = Resolve(Destination);
        if (IsWhatIf || WhatIfRun.Of(MyInvocation) is not null)
        {
            BeginWhatIf();
            return;
        }
        _notice = new StopNotice(this);
        _journal = OpenJournal();
        _left.Journal = _journal is null ? null : Resolved(Journal!);
        _log = LogPath is null ? null : OpenLog(LogPath, _left.Journal);
        _monitor = new SendMonitor(_destination, TimeProvider.System, _log);
        var options = new StoreOptions
        {
            Monitor = _monitor,
            MaxAssociations = MaxAssociations, IsOrdered = Ordered, RetryTime = TimeSpan.FromSeconds(RetryTime), Journal = _journal,
            Client = ClientOptions(Timeout, MaxPduLength) with { ComputesDigests = _journal is not null },
        };
        Check(options);
        _run.Begin(TimeProvider.System, _left.Journal);
        _monitor.Start(MaxAssociations, options.RetryTime, options.Client.ResponseTimeout, MaxPduLength, Journal);
        _progress = new SendingProgress(this, _monitor, _destination, TimeProvider.System);
        _run.Record = new SendRunRecord(new SendRunSettings(MaxAssociations, options.RetryTime, TimeSpan.FromSeconds(Timeout), Journal is null ? null : Path.GetFileName(Journal)), TimeProvider.System);
        _pump = new PipelinePump<DicomFile, DicomSendResult>(
            (pump, input) => new StoreJob(_destination, options, pump.EmitAsync, pump.Verbose, Cancellation).RunAsync(input), Emit, WriteVerbose, Capacity, Cancellation)
        {
            OnWait = _progress.Tick,
        };
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _left!.Withdraw();
        Stoppable(() =>
        {
            foreach (var file in Inputs(InputObject))
                Send(file);
        });
    }

    private void Send(DicomFile file)
    {
        if (SentFileTransformationAttribute.RunOf(file) is { } before)
            _run.Follow(before);
        if (_whatIf is not null)
        {
            if (_whatIf.WouldSend(file))
                ShouldProcess(file.Name, $"Send to {_destination}");
            return;
        }
        if (!ShouldProcess(file.Name, $"Send to {_destination}"))
        {
            // Its result may be kept for long: what is on disk for its sake goes now.
            file.Claim();
            file.Release();
            _monitor!.Progress.Decline(file);
            Emit(Declined(file));
            return;
        }
        _progress!.Enter(file);
        file.Claim();
        _run.Record?.Enter(file);
        try
        {
            Stoppable(() => _pump!.Push(file));
        }
        catch
        {
            // The run has ended, and frees what it had taken: this one it has not.
            file.Release();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _left!.Withdraw();
        if (_whatIf is not null)
            WhatIfRun.Say(this, _whatIf.Summary(_whatIfRun));
        _progress?.EndInput();
        Stoppable(() => _pump?.Complete());
        EndIfTerminated();
        _run.End();
        _progress?.End();
        _monitor?.End("end");
        if (IsLast)
            ReportEnd();
        if (_notReported > 0)
            WriteWarning($"{_notReported} more instances were not tried, for a reason that was reported before: each result has it.");
        if (_sameUids > MaxNamedPairs)
            WriteWarning($"{_sameUids - MaxNamedPairs} more instances have the SOP Instance UID of one before: see SameUidAs of the results.");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing)
            return;
        _left?.Withdraw();
        _whatIfRun?.End();
        _pump?.Abandon();
        foreach (var result in _pump?.Rest() ?? [])
            _left!.Add(result with { Run = _run });
        _journal?.Dispose();
        _run.Stop();
        if (!_run.IsAtEnd)
            TellOfStop();
        _log?.Dispose();
    }

    /// <summary>Nothing is connected to, and the journal is only read.</summary>
    private void BeginWhatIf()
    {
        _whatIfRun = WhatIfRun.Of(MyInvocation) ?? WhatIfRun.Begin(MyInvocation);
        var path = Journal is null ? null : Resolved(Journal);
        try
        {
            _whatIf = new WhatIfSending(_destination!, path is null ? new AcceptedInstances("") : AcceptedInstances.Read(path, _destination!));
        }
        catch (JournalException e)
        {
            ThrowTerminatingError(DicomErrors.Record(e, e.ErrorId, Journal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(DicomErrors.Record(new IOException($"The journal '{path}' cannot be read: {e.Message}", e), "JournalUnusable", Journal));
        }
    }

    /// <summary>The results may have gone to a variable.</summary>
    private void ReportEnd()
    {
        if (_monitor?.Progress is not { } progress)
            return;
        // What failed was told as errors.
        var goOn = progress.Failed == 0 ? "" : " " + StopNotice.GoOn(_left!.Journal);
        WriteInformation(
            $"{progress.Done - progress.Failed} of {progress.Done} instances are at {_destination}. Export-FwSendReport makes a report of these results.{goOn}", [InformationTag]);
    }

    private void TellOfStop()
    {
        _monitor?.End("stopped");
        if (IsStopped && _monitor is not null && !_left!.IsTaken)
        {
            var progress = _monitor.Progress;
            _notice!.Tell($"The run was stopped: {progress.Done - progress.Failed} of {progress.Done} instances so far are at {_destination}, and no report was written. {StopNotice.GoOn(_left.Journal)}");
        }
    }

    private SendJournal? OpenJournal()
    {
        if (Journal is null)
            return null;
        try
        {
            var journal = SendJournal.Open(Resolved(Journal), _destination!, TimeProvider.System);
            WriteVerbose($"The journal knows {journal.Accepted} instances at {_destination}.");
            return journal;
        }
        catch (JournalException e)
        {
            ThrowTerminatingError(DicomErrors.Record(e, e.ErrorId, Journal));
            throw;
        }
    }

    /// <summary>A wrong destination ends the pipeline here, before the first file is read.</summary>
    private void Check(StoreOptions options)
    {
        var lines = new List<string>();
        try
        {
            Wait(() => StoreJob.CheckAsync(_destination!, options, lines.Add, Cancellation));
        }
        catch (DicomNetworkException e) when (e is not DicomAssociationRejectedException { RejectSource: 1 or 2, Reason: 1 })
        {
            ThrowTerminatingError(DicomErrors.For(e, _destination));
        }
        catch (DicomNetworkException e)
        {
            // Some archives refuse, without a reason, callers that ask for nothing but Verification: the instances will tell.
            lines.Add(e.Message);
        }
        finally
        {
            lines.ForEach(WriteVerbose);
        }
    }

    private void Emit(DicomSendResult result)
    {
        result = result with { Run = _run };
        _run.Record?.Leave(result);
        var isHandedOn = false;
        try
        {
            Show(result);
            // A stopped pipeline takes nothing any more.
            isHandedOn = !IsStopped;
            WriteObject(result);
        }
        finally
        {
            if (!isHandedOn)
                _left!.Add(result);
        }
    }

    private void Show(DicomSendResult result)
    {
        WriteLogWarnings();
        if (result.ErrorId == DicomSendResult.JournalNotWritten && !_warnedOfJournal)
        {
            _warnedOfJournal = true;
            WriteWarning($"The journal cannot be written; what is sent from now on may be sent again by a later run. {result.Reason}");
        }
        if (result.IsStored)
            WarnOfSameUid(result);
        else
            ReportFailure(result);
        _progress!.Tick();
    }

    private void ReportFailure(DicomSendResult result)
    {
        // A problem of an earlier stage was reported by that stage.
        if (result.Attempts == 0 && DicomProblem.IsProblem(result.ErrorId))
            return;
        // A destination that is down is one error, whatever the number of instances.
        if (result.Attempts == 0 && result.Reason?.StartsWith(DicomSendResult.NotTried, StringComparison.Ordinal) == true)
        {
            if (result.Reason == _lastNotTried)
            {
                _notReported++;
                return;
            }
            _lastNotTried = result.Reason;
        }
        WriteError(DicomErrors.For(result));
    }

    /// <summary>The same content twice under its UID is a repetition, and loses nothing.</summary>
    private void WarnOfSameUid(DicomSendResult result)
    {
        if (result.SameUidAs is null || result.HasOtherContent == false || ++_sameUids > MaxNamedPairs)
            return;
        var content = result.HasOtherContent == true ? "different content"
            : "the same length; whether their content is the same was not compared (with -Journal it is)";
        WriteWarning($"'{result.SameUidAs}' and '{result.FullName}' have one SOP Instance UID ({result.SopInstanceUid}) and {content}. An archive keeps one of them at most.");
    }

    private DicomSendResult Declined(DicomFile file) => new()
    {
        Name = file.Name, Origin = file.Origin, SopClassUid = file.SopClassUid, SopInstanceUid = file.SopInstanceUid,
        StudyInstanceUid = file.StudyInstanceUid, SeriesInstanceUid = file.SeriesInstanceUid, Status = DicomSendStatus.Failed,
        Destination = _destination!, Reason = "It was not confirmed.", ErrorId = "NotConfirmed", File = file, Edited = file.Edited,
    };
}
