using System.Diagnostics;
using FlywheelDicom.IO;
using FlywheelDicom.Network;
using Polly;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>Takes one instance through all its attempts to its one result. It serves any number of associations at once.</summary>
internal sealed class InstanceSender(DicomDestination destination, StoreOptions options, Action<string> verbose, CancellationToken cancellation)
{
    private readonly DicomDestination _destination = destination;
    private readonly StoreOptions _options = options;
    private readonly CancellationToken _cancellation = cancellation;
    private readonly DestinationHealth _health = new();
    private readonly ResiliencePipeline<DicomResponse> _retry = StoreRetry.Create(options.RetryTime, verbose);

    /// <summary>The result, written to the journal; null where the worker is denied a further association and another must take the instance.</summary>
    /// <param name="client">The way to the destination.</param>
    /// <param name="file">Claimed by whoever calls.</param>
    /// <param name="mayReturn">Another worker is there for it.</param>
    public async Task<DicomSendResult?> SendAsync(DicomClient client, DicomFile file, bool mayReturn)
        => await TrySendAsync(client, file, mayReturn).ConfigureAwait(false) is var (result, digest) ? Journalled(result, digest) : null;

    private async Task<(DicomSendResult Result, string? Digest)?> TrySendAsync(DicomClient client, DicomFile file, bool mayReturn)
    {
        if (file.ProblemDetail is { } problem)
            return (Failed(file, problem.Id, problem.Message, new StoreAttempts(), TimeSpan.Zero), null);
        if (IsStoredAlready(file))
            return (Skipped(file), null);
        var attempts = new StoreAttempts { MayReturn = mayReturn };
        var started = Stopwatch.GetTimestamp();
        var (down, onceOnly) = _health.Check();
        if (down is { } known)
            return (Failed(file, known.ErrorId, $"Not tried: {known.Message}", attempts, TimeSpan.Zero), null);
        try
        {
            if (onceOnly)
                attempts.Deadline = Environment.TickCount64;
            var response = await StoreRetry.ExecuteAsync(_retry, attempts, () => client.StoreAsync(file), _cancellation).ConfigureAwait(false);
            _health.Answered(response.Status);
            return (Answered(file, response, attempts, Stopwatch.GetElapsedTime(started)), response.Digest);
        }
        catch (DicomNetworkException e)
        {
            if (mayReturn && e.Error == DicomNetworkError.AssociationRejected)
                return null;
            _health.Failed(e);
            return (Failed(file, e.ErrorId, e.Message, attempts, Stopwatch.GetElapsedTime(started)), null);
        }
        catch (DicomFormatException e)
        {
            var id = e.IsTruncated ? DicomProblem.Truncated : DicomProblem.Unreadable;
            return (Failed(file, id, e.Message, attempts, Stopwatch.GetElapsedTime(started)), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException)
        {
            return (Failed(file, DicomProblem.Unreadable, $"The source cannot be read: {e.Message}", attempts, Stopwatch.GetElapsedTime(started)), null);
        }
    }

    /// <summary>Whether the journal knows it, with these bytes. One that cannot be read is left for the sending to tell.</summary>
    private bool IsStoredAlready(DicomFile file)
    {
        try
        {
            return _options.Journal?.HasAccepted(file) == true;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Written down before it is let out. What the journal cannot take is still the truth; the result says that it will be sent again.</summary>
    private DicomSendResult Journalled(DicomSendResult result, string? digest)
    {
        if (_options.Journal is null || result.Status == DicomSendStatus.Skipped)
            return result;
        try
        {
            _options.Journal.Add(result, digest);
            return result;
        }
        catch (IOException e)
        {
            return result with { ErrorId = result.ErrorId ?? DicomSendResult.JournalNotWritten, Reason = $"{result.Reason} It could not be written to the journal: {e.Message}".TrimStart() };
        }
    }

    private DicomSendResult Answered(DicomFile file, DicomResponse response, StoreAttempts attempts, TimeSpan duration)
    {
        var state = response.Status.State;
        // Sent again because an answer was lost, "already there" is what was hoped for.
        var isEcho = response.Status == DicomStatus.DuplicateSopInstance && attempts.Count > 1;
        var status = state == DicomState.Success || isEcho ? DicomSendStatus.Sent : state == DicomState.Warning ? DicomSendStatus.Warning : DicomSendStatus.Failed;
        return new DicomSendResult
        {
            Name = file.Name, Origin = file.Origin, SopClassUid = file.SopClassUid, SopInstanceUid = file.SopInstanceUid,
            StudyInstanceUid = file.StudyInstanceUid, SeriesInstanceUid = file.SeriesInstanceUid, Status = status,
            DicomStatus = response.Status, TransferSyntaxUid = response.TransferSyntaxUid, Attempts = attempts.Count, Bytes = response.Bytes,
            Duration = duration, Destination = _destination, ErrorComment = response.ErrorComment,
            Reason = status == DicomSendStatus.Sent ? null : response.Status.ToString(),
            ErrorId = status == DicomSendStatus.Failed ? "DicomStoreFailed" : null,
        };
    }

    private DicomSendResult Skipped(DicomFile file) => new()
    {
        Name = file.Name, Origin = file.Origin, SopClassUid = file.SopClassUid, SopInstanceUid = file.SopInstanceUid,
        StudyInstanceUid = file.StudyInstanceUid, SeriesInstanceUid = file.SeriesInstanceUid, Status = DicomSendStatus.Skipped,
        Destination = _destination, Reason = "An earlier run has stored it there, as the journal says.",
    };

    private DicomSendResult Failed(DicomFile file, string errorId, string reason, StoreAttempts attempts, TimeSpan duration) => new()
    {
        Name = file.Name, Origin = file.Origin, SopClassUid = file.SopClassUid, SopInstanceUid = file.SopInstanceUid,
        StudyInstanceUid = file.StudyInstanceUid, SeriesInstanceUid = file.SeriesInstanceUid, Status = DicomSendStatus.Failed,
        Attempts = attempts.Count, Duration = duration, Destination = _destination, Reason = reason, ErrorId = errorId,
    };
}
