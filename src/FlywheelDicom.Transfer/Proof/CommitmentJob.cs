using System.Threading.Channels;
using FlywheelDicom.Network.Services;

namespace FlywheelDicom.Transfer.Proof;

/// <summary>
/// Asks for storage commitment for a stream of results, a batch at a time, and lets each out with the answer. What was not
/// stored passes as it is; what is not committed is no longer counted as stored.
/// </summary>
internal sealed class CommitmentJob(ProofOptions options, Func<DicomSendResult, ValueTask> emit, Action<string> verbose, CancellationToken cancellation)
{
    /// <summary>Batches that wait for their report at once; more results wait before these.</summary>
    private const int MaxUnderWay = 8;

    private const int MaxAttempts = 3;

    private readonly Dictionary<DicomDestination, List<DicomSendResult>> _batches = [];
    private readonly List<Task> _underWay = [];

    public async Task RunAsync(ChannelReader<DicomSendResult> input)
    {
        try
        {
            await ReadAsync(input).ConfigureAwait(false);
        }
        finally
        {
            // Also where one of them has failed: the others are not left behind.
            await Task.WhenAll(_underWay).ConfigureAwait(false);
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
            var destination = options.Asked(result.Destination);
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
        while (_underWay.Count >= MaxUnderWay)
        {
            var done = await Task.WhenAny(_underWay).ConfigureAwait(false);
            _underWay.Remove(done);
            await done.ConfigureAwait(false);
        }
        _underWay.Add(Task.Run(() => AskAsync(destination, batch), cancellation));
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
                report = await CommitmentClient.RequestAsync(destination, instances, options.Client, options.Patience, options.Listener, cancellation).ConfigureAwait(false);
                verbose($"{destination} commits itself to {report.Committed.Count} of {instances.Length} instances.");
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                failure = e;
                if (e is not DicomNetworkException { Retry: not RetryAdvice.Never } || attempt == MaxAttempts)
                    break;
                verbose($"Asking again in {attempt} s: {e.Message}");
                await Task.Delay(TimeSpan.FromSeconds(attempt), cancellation).ConfigureAwait(false);
            }
        }
        foreach (var result in batch)
            await emit(Judged(result, report, failure)).ConfigureAwait(false);
    }

    private static DicomSendResult Judged(DicomSendResult result, CommitmentReport? report, Exception? failure)
    {
        if (report is null)
        {
            var (errorId, why) = ResultProof.WhyOf(failure!);
            return ResultProof.Deny(result, DicomProof.NotAnswered, errorId, why);
        }
        if (report.Committed.Contains(result.SopInstanceUid!) && report.IsAbout(new SopReference(result.SopClassUid!, result.SopInstanceUid!)))
            return result with { Proof = DicomProof.Committed };
        return report.Failed.TryGetValue(result.SopInstanceUid!, out var reason)
            ? ResultProof.Deny(result, DicomProof.NotCommitted, ResultProof.NotCommitted, $"The archive does not commit itself to it (0x{reason:X4}): {CommitmentReport.MeaningOf(reason)}.")
            : ResultProof.Deny(result, DicomProof.NotAnswered, ResultProof.NotAnswered, "The archive's report on storage commitment does not mention it.");
    }
}
