using FlywheelDicom.Network.Scu;
using FlywheelDicom.Transfer.Monitoring;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>Sends an instance, with all its tries, and makes its one result. Any number of associations may use it at once.</summary>
internal sealed class InstanceSender
{
    private readonly DicomDestination _destination;
    private readonly SendJournal? _journal;
    private readonly TimeProvider _time;
    private readonly CancellationToken _cancellation;
    private readonly DestinationHealth _health;
    private readonly StoreRetry _retry;
    private readonly StoredInstances _stored = new();
    private readonly object _journalLock = new();
    private readonly SendMonitor? _monitor;

    public InstanceSender(DicomDestination destination, StoreOptions options, Action<string> verbose, CancellationToken cancellation)
    {
        (_destination, _journal, _time, _monitor, _cancellation) = (destination, options.Journal, options.Time, options.Monitor, cancellation);
        _health = new DestinationHealth(_time);
        _retry = new StoreRetry(options.RetryTime, _time, verbose, _health.HasAnsweredSince, options.Monitor is { } monitor ? monitor.Retry : null);
    }

    /// <summary>
    /// The result, which the journal has already; null where an extra association is rejected, so that another one must take the instance.
    /// </summary>
    /// <param name="store">One try to store an instance.</param>
    /// <param name="file">Claimed by the caller.</param>
    /// <param name="role">The role of the association; only an extra one may hand the instance back.</param>
    /// <exception cref="OperationCanceledException">The run was stopped. Any other failure is in the result.</exception>
    public async Task<DicomSendResult?> SendAsync(Func<DicomFile, Task<DicomResponse>> store, DicomFile file, AssociationRole role)
    {
        if (_monitor is null)
            return await SendOneAsync(store, file, role).ConfigureAwait(false);
        using var span = _monitor.Begin(file);
        DicomSendResult? result = null;
        try
        {
            result = await SendOneAsync(store, file, role).ConfigureAwait(false);
        }
        finally
        {
            if (result is null)
                _monitor.Return();
        }
        if (result is not null)
            _monitor.End(file, result, span);
        return result;
    }

    private async Task<DicomSendResult?> SendOneAsync(Func<DicomFile, Task<DicomResponse>> store, DicomFile file, AssociationRole role)
    {
        var attempts = new StoreAttempts { MayReturn = role == AssociationRole.Extra, File = _monitor is null ? null : file };
        var started = _time.GetTimestamp();
        try
        {
            return await TrySendAsync(store, file, attempts, started).ConfigureAwait(false) is var (result, digest) ? Recorded(result, digest, attempts) : null;
        }
        catch (Exception e) when (e is not OperationCanceledException || !_cancellation.IsCancellationRequested)
        {
            var failure = InstanceFailure.Of(e);
            return Recorded(Failed(file, failure, attempts, _time.GetElapsedTime(started)), null, attempts);
        }
    }

    private async Task<(DicomSendResult Result, string? Digest)?> TrySendAsync(
        Func<DicomFile, Task<DicomResponse>> store, DicomFile file, StoreAttempts attempts, long started)
    {
        if (file.ProblemDetail is { } problem)
            return (Failed(file, new InstanceFailure(problem.Id, problem.Message), attempts, TimeSpan.Zero), null);
        if (DigestIfAccepted(file) is { } known)
            return (Skipped(file), known);
        var (state, down) = _health.Check();
        if (state == DestinationState.Down)
            return (Failed(file, new InstanceFailure(down!.Value.ErrorId, DicomSendResult.NotTried + down.Value.Message), attempts, TimeSpan.Zero), null);
        if (state == DestinationState.Doubtful)
            _retry.AllowOneTry(attempts);
        try
        {
            var response = await _retry.ExecuteAsync(attempts, () => store(file), _cancellation).ConfigureAwait(false);
            _health.Answered(response.Status);
            return (Answered(file, response, attempts, _time.GetElapsedTime(started)), response.Digest);
        }
        catch (DicomNetworkException e) when (!_cancellation.IsCancellationRequested)
        {
            if (attempts.MayReturn && e.Error == DicomNetworkError.AssociationRejected)
                return null;
            _health.Failed(e, started);
            throw;
        }
    }

    /// <summary>The digest where the journal has the instance with these bytes. If it cannot be read, sending it will report that.</summary>
    private string? DigestIfAccepted(DicomFile file)
    {
        try
        {
            return _journal?.DigestIfAccepted(file);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Writes the result to the journal before it is given out. If that fails the result is still valid, and says so: the instance will
    /// be sent again by the next run.
    /// </summary>
    private DicomSendResult Recorded(DicomSendResult result, string? digest, StoreAttempts attempts)
    {
        lock (_journalLock)
        {
            result = _stored.Note(result, digest);
            if (_journal is null || result.Status == DicomSendStatus.Skipped)
                return result;
            // "Duplicate SOP instance" shows that these bytes are stored only where they, and no others with this UID, had been sent before.
            var isStored = result.DicomStatus != DicomStatus.DuplicateSopInstance
                || (attempts.WasAnswerLost && result is { SameUidAs: null } or { HasOtherContent: false });
            try
            {
                _journal.Add(result, isStored ? digest : null, attempts.WasAnswerLost ? DicomSendJournalNote.AnswerLost : DicomSendJournalNote.None);
                return result;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                return result with { ErrorId = result.ErrorId ?? DicomSendResult.JournalNotWritten, Reason = $"{result.Reason} It could not be written to the journal: {e.Message}".TrimStart() };
            }
        }
    }

    private DicomSendResult Answered(DicomFile file, DicomResponse response, StoreAttempts attempts, TimeSpan duration)
    {
        var status = response.Status.State switch
        {
            DicomState.Success => DicomSendStatus.Sent,
            DicomState.Warning => DicomSendStatus.Warning,
            _ => DicomSendStatus.Failed,
        };
        return Result(file, status, attempts, duration) with
        {
            DicomStatus = response.Status, TransferSyntaxUid = response.TransferSyntaxUid, Bytes = response.Bytes, ErrorComment = response.ErrorComment,
            Reason = ReasonOf(response.Status, attempts), ErrorId = status == DicomSendStatus.Failed ? "DicomStoreFailed" : null,
        };
    }

    private static string? ReasonOf(DicomStatus status, StoreAttempts attempts)
    {
        if (status.State == DicomState.Success)
            return null;
        if (status != DicomStatus.DuplicateSopInstance)
            return status.ToString();
        return attempts.WasAnswerLost
            ? "0x0111: the answer to an earlier try was lost; the archive now says that it has this instance. Most likely it is what that try stored."
            : "0x0111: the archive says that it already has an instance of this UID; whether it is the same was not shown.";
    }

    private DicomSendResult Skipped(DicomFile file) => Result(file, DicomSendStatus.Skipped, new StoreAttempts(), TimeSpan.Zero) with
    {
        Reason = "An earlier run has stored it there, as the journal says.",
    };

    private DicomSendResult Failed(DicomFile file, InstanceFailure failure, StoreAttempts attempts, TimeSpan duration)
        => Result(file, DicomSendStatus.Failed, attempts, duration) with { Reason = failure.Reason, ErrorId = failure.ErrorId };

    private DicomSendResult Result(DicomFile file, DicomSendStatus status, StoreAttempts attempts, TimeSpan duration) => new()
    {
        Name = file.Name, Origin = file.Origin, SopClassUid = file.SopClassUid, SopInstanceUid = file.SopInstanceUid,
        StudyInstanceUid = file.StudyInstanceUid, SeriesInstanceUid = file.SeriesInstanceUid, Status = status,
        Attempts = attempts.Count, Duration = duration, Destination = _destination, File = file, Edited = file.Edited,
    };
}
