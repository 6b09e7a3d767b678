using System.Diagnostics;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Transfer.Progress;

namespace FlywheelDicom.Transfer.Monitoring;

/// <summary>
/// What is told of a run while it works: to the progress, to the log, to counters and spans. The run tells it, and knows none of these.
/// Safe from any thread.
/// </summary>
internal sealed class SendMonitor(DicomDestination destination, TimeProvider time, RunLog? log = null)
{
    private readonly string _destination = destination.ToString();
    private readonly long _started = time.GetTimestamp();
    private volatile bool _wasConnected;

    public SendProgress Progress { get; } = new(time);

    public RunLog? Log => log;

    /// <summary>The run begins.</summary>
    public void Start(int maxAssociations, TimeSpan retryTime, TimeSpan timeout, int maxPduLength, string? journal)
        => log?.Write(RunLogLevel.Info, "send.start", ("destination", _destination), ("callingAE", destination.CallingAE), ("tls", destination.Tls is not null),
            ("maxAssociations", maxAssociations == 0 ? "Auto" : maxAssociations), ("retryTime", retryTime), ("timeout", timeout), ("maxPduLength", maxPduLength), ("journal", journal));

    /// <summary>The run is over.</summary>
    /// <param name="outcome">"end" or "stopped".</param>
    public void End(string outcome)
        => log?.Write(outcome == "end" ? RunLogLevel.Info : RunLogLevel.Warning, "send." + outcome, ("destination", _destination), ("instances", Progress.Done),
            ("failed", Progress.Failed), ("bytes", Progress.Sent.Written - Progress.Sent.Withdrawn), ("duration", time.GetElapsedTime(_started)));

    /// <summary>An instance waits to be sent.</summary>
    public static void Stage() => Telemetry.Queue.Add(1);

    /// <summary>It waits no longer.</summary>
    public static void Unstage() => Telemetry.Queue.Add(-1);

    /// <summary>An instance is taken up.</summary>
    /// <returns>Its span; null where nobody listens.</returns>
    public Activity? Begin(DicomFile file)
    {
        Progress.Begin(file);
        return Telemetry.Spans.StartActivity("dicom.store", ActivityKind.Client);
    }

    /// <summary>An extra association was refused: another one takes the instance.</summary>
    public void Return() => Progress.Return();

    /// <summary>An instance has its result.</summary>
    public void End(DicomFile file, DicomSendResult result, Activity? span)
    {
        Progress.End(file, result);
        var status = result.Status switch
        {
            DicomSendStatus.Sent => "sent",
            DicomSendStatus.Warning => "warning",
            DicomSendStatus.Skipped => "skipped",
            _ => "failed",
        };
        if (Telemetry.Instances.Enabled)
            Telemetry.Instances.Add(1, new KeyValuePair<string, object?>("status", status));
        if (result.Bytes > 0)
            Telemetry.Bytes.Add(result.Bytes);
        if (result.Attempts > 0 && Telemetry.Duration.Enabled)
            Telemetry.Duration.Record(result.Duration.TotalSeconds, new KeyValuePair<string, object?>("status", status));
        if (result.DicomStatus is not null)
            EndOutage();
        else if (IsOfDestination(result))
            GiveUp(result);
        if (span is not null)
            Describe(span, result, status);
        if (log is not null)
            Write(result, status);
    }

    /// <summary>A try failed, and another one follows.</summary>
    public void Retry(StoreRetryNotice notice)
    {
        Telemetry.Retries.Add(1, new KeyValuePair<string, object?>("of", "store"));
        if (notice.BytesInVain > 0)
            Progress.Sent.Withdraw(notice.BytesInVain);
        var failure = notice.Failure as DicomNetworkException;
        // After a status that says "busy" there is a connection: that is no outage, but it is a wait that is worth showing.
        var what = failure is null ? $"* answers {notice.Status}," : failure.IsNegotiation && !_wasConnected ? Outage.NoConnection : Outage.Words(failure);
        var isNew = Progress.Retry(what, notice.NextTry, notice.Delay, notice.Left);
        if (isNew && failure is not null)
            log?.Write(RunLogLevel.Warning, "outage.start", ("destination", _destination), ("errorId", failure.ErrorId), ("reason", failure.Message));
        log?.Write(RunLogLevel.Warning, "instance.retry", ("sopInstanceUid", notice.SopInstanceUid), ("seriesInstanceUid", notice.SeriesInstanceUid), ("try", notice.NextTry),
            ("delay", notice.Delay), ("timeLeft", notice.Left), ("errorId", failure?.ErrorId), ("dicomStatus", notice.Status?.ToString()), ("destination", _destination));
    }

    public void OnAssociation(AssociationEvent happened)
    {
        switch (happened.Kind)
        {
            case AssociationEventKind.Requested:
                Progress.BeginConnecting();
                return;
            case AssociationEventKind.Opened:
                Progress.EndConnecting();
                _wasConnected = true;
                Telemetry.Associations.Add(1);
                break;
            case AssociationEventKind.Refused:
                Progress.EndConnecting();
                break;
            default:
                Telemetry.Associations.Add(-1);
                break;
        }
        if (log is null)
            return;
        var (level, name) = happened.Kind switch
        {
            AssociationEventKind.Opened => (RunLogLevel.Info, "association.opened"),
            AssociationEventKind.Refused => (RunLogLevel.Warning, "association.refused"),
            AssociationEventKind.Lost => (RunLogLevel.Warning, "association.lost"),
            _ => (RunLogLevel.Info, "association.closed"),
        };
        log.Write(level, name, ("destination", _destination), ("contexts", happened.Contexts > 0 ? happened.Contexts : null),
            ("errorId", (happened.Failure as DicomNetworkException)?.ErrorId), ("reason", (happened.Failure as DicomNetworkException)?.Message));
    }

    private void EndOutage()
    {
        if (Progress.EndOutage() is { } ended)
            log?.Write(RunLogLevel.Info, "outage.end", ("destination", _destination), ("duration", time.GetLocalNow() - ended.Since), ("notSent", ended.NotSent));
    }

    private void GiveUp(DicomSendResult result)
    {
        if (Progress.GiveUp(_wasConnected ? "connection to * lost" : Outage.NoConnection))
            log?.Write(RunLogLevel.Warning, "outage.start", ("destination", _destination), ("errorId", result.ErrorId));
    }

    /// <summary>It failed since the destination gave no answer, not since it is what it is.</summary>
    private static bool IsOfDestination(DicomSendResult result)
        => result is { Status: DicomSendStatus.Failed, ErrorId: { } id } && id.StartsWith("Dicom", StringComparison.Ordinal)
            && Enum.TryParse<DicomNetworkError>(id.AsSpan("Dicom".Length), out var error) && error != DicomNetworkError.ContextRefused;

    private void Write(DicomSendResult result, string status)
    {
        var level = result.Status switch
        {
            DicomSendStatus.Failed => RunLogLevel.Error,
            DicomSendStatus.Warning => RunLogLevel.Warning,
            _ => RunLogLevel.Info,
        };
        // The reason in words may quote a name or what the archive said of a value: it stands in the result, and not here.
        log!.Write(level, "instance." + status, ("sopInstanceUid", result.SopInstanceUid), ("sopClassUid", result.SopClassUid), ("seriesInstanceUid", result.SeriesInstanceUid),
            ("studyInstanceUid", result.StudyInstanceUid), ("acquisitionId", result.Origin.AcquisitionId), ("sessionId", result.Origin.SessionId),
            ("transferSyntaxUid", result.TransferSyntaxUid), ("bytes", result.Bytes), ("duration", result.Duration), ("attempts", result.Attempts),
            ("dicomStatus", result.DicomStatus?.ToString()), ("errorId", result.ErrorId), ("destination", _destination));
    }

    private void Describe(Activity span, DicomSendResult result, string status)
    {
        span.SetTag("server.address", destination.Host).SetTag("server.port", destination.Port).SetTag("dicom.called_ae", destination.CalledAE)
            .SetTag("dicom.sop_instance_uid", result.SopInstanceUid).SetTag("dicom.sop_class_uid", result.SopClassUid).SetTag("dicom.transfer_syntax_uid", result.TransferSyntaxUid)
            .SetTag("flywheeldicom.status", status).SetTag("flywheeldicom.bytes", result.Bytes).SetTag("flywheeldicom.attempts", result.Attempts);
        if (result.Status == DicomSendStatus.Failed)
            span.SetStatus(ActivityStatusCode.Error, result.ErrorId);
    }
}
