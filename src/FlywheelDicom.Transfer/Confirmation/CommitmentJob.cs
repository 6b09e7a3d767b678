using System.Threading.Channels;
using FlywheelDicom.Network.Services;

namespace FlywheelDicom.Transfer.Confirmation;

/// <summary>
/// Asks for storage commitment for a stream of results, in batches, and gives out each result with the answer (PS3.4 annex J).
/// A result that was not stored passes unchanged. One that is not committed becomes failed.
/// </summary>
internal sealed class CommitmentJob(ConfirmationOptions options, Func<DicomSendResult, ValueTask> emit, Action<string> verbose, CancellationToken cancellation)
{
    /// <summary>Requests that may wait for their report at the same time. No further batch is begun before one of them ends.</summary>
    private const int MaxRequests = 8;

    private const int MaxAttempts = 3;

    private readonly Dictionary<DicomDestination, List<DicomSendResult>> _batches = [];
    private readonly List<Task> _requests = [];

    public async Task RunAsync(ChannelReader<DicomSendResult> input)
    {
        try
        {
            await ReadAsync(input).ConfigureAwait(false);
        }
        finally
        {
            // All are awaited, also where one of them has failed.
            await Task.WhenAll(_requests).ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(ChannelReader<DicomSendResult> input)
    {
        await foreach (var result in input.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            if (!result.IsStored || result.SopClassUid is null || result.SopInstanceUid is null)
            {
                await emit(result).ConfigureAwait(false);
                continue;
            }
            var destination = options.DestinationToAsk(result.Destination);
            if (!_batches.TryGetValue(destination, out var batch))
                _batches[destination] = batch = [];
            batch.Add(result);
            if (batch.Count >= options.BatchSize)
            {
                _batches.Remove(destination);
                await BeginAsync(destination, batch).ConfigureAwait(false);
            }
        }
        foreach (var (destination, batch) in _batches)
            await BeginAsync(destination, batch).ConfigureAwait(false);
    }

    private async Task BeginAsync(DicomDestination destination, List<DicomSendResult> batch)
    {
        while (_requests.Count >= MaxRequests)
        {
            var done = await Task.WhenAny(_requests).ConfigureAwait(false);
            _requests.Remove(done);
            await done.ConfigureAwait(false);
        }
        _requests.Add(Task.Run(() => AskAsync(destination, batch), cancellation));
    }

    private async Task AskAsync(DicomDestination destination, List<DicomSendResult> batch)
    {
        CommitmentReport? report = null;
        Exception? failure = null;
        SopReference[] instances = [.. batch.Select(r => new SopReference(r.SopClassUid!, r.SopInstanceUid!)).Distinct()];
        for (var attempt = 1; report is null; attempt++)
        {
            try
            {
                report = await CommitmentClient.RequestAsync(destination, instances, options.Client, options.Timeout, options.Listener, cancellation).ConfigureAwait(false);
                verbose($"{destination} commits itself to {report.Committed.Count} of {instances.Length} instances.");
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                failure = e;
                if (e is not DicomNetworkException { Retry: not RetryAdvice.Never } || attempt == MaxAttempts)
                    break;
                verbose($"Asking again in {attempt} s: {e.Message}");
                await Task.Delay(TimeSpan.FromSeconds(attempt), options.Time, cancellation).ConfigureAwait(false);
            }
        }
        foreach (var result in batch)
            await emit(WithAnswer(result, report, failure)).ConfigureAwait(false);
    }

    private static DicomSendResult WithAnswer(DicomSendResult result, CommitmentReport? report, Exception? failure)
    {
        if (report is null)
        {
            var (errorId, why) = ConfirmationOutcome.ReasonOf(failure!);
            return ConfirmationOutcome.NotConfirmed(result, DicomConfirmation.NotAnswered, errorId, why);
        }
        if (report.Committed.Contains(result.SopInstanceUid!) && report.IsAbout(new SopReference(result.SopClassUid!, result.SopInstanceUid!)))
            return result with { Confirmation = DicomConfirmation.Committed };
        return report.Failed.TryGetValue(result.SopInstanceUid!, out var reason)
            ? ConfirmationOutcome.NotConfirmed(result, DicomConfirmation.NotCommitted, ConfirmationOutcome.NotCommitted, $"The archive does not commit itself to it (0x{reason:X4}): {CommitmentReport.MeaningOf(reason)}.")
            : ConfirmationOutcome.NotConfirmed(result, DicomConfirmation.NotAnswered, ConfirmationOutcome.NotAnswered, "The archive's report on storage commitment does not mention it.");
    }
}
