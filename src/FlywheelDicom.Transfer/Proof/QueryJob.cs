using System.Diagnostics;
using System.Threading.Channels;
using FlywheelDicom.Network.Services;

namespace FlywheelDicom.Transfer.Proof;

/// <summary>
/// Looks for the instances of a stream of results in the archive, series by series, and lets each out with what was found. An
/// archive may need a moment to index what it was sent: what is missing is looked for again until patience ends.
/// </summary>
internal sealed class QueryJob(ProofOptions options, Func<DicomSendResult, ValueTask> emit, Action<string> verbose, CancellationToken cancellation)
{
    /// <summary>Results that wait for their series to be asked for.</summary>
    private const int MaxWaiting = 10_000;

    private readonly Dictionary<DicomDestination, List<DicomSendResult>> _waiting = [];
    private int _count;

    public async Task RunAsync(ChannelReader<DicomSendResult> input)
    {
        await foreach (var result in input.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            if (!result.IsStored || result.SopInstanceUid is null)
            {
                await emit(result).ConfigureAwait(false);
                continue;
            }
            if (string.IsNullOrEmpty(result.StudyInstanceUid) || string.IsNullOrEmpty(result.SeriesInstanceUid))
            {
                await emit(ResultProof.Deny(result, DicomProof.NotAnswered, ResultProof.NotAnswered, "It names no study or series, so the archive cannot be asked for it.")).ConfigureAwait(false);
                continue;
            }
            var destination = options.Asked(result.Destination);
            if (!_waiting.TryGetValue(destination, out var list))
                _waiting[destination] = list = [];
            list.Add(result);
            if (++_count >= MaxWaiting)
                await AskAllAsync().ConfigureAwait(false);
        }
        await AskAllAsync().ConfigureAwait(false);
    }

    private async Task AskAllAsync()
    {
        foreach (var (destination, results) in _waiting)
            await AskAsync(destination, results).ConfigureAwait(false);
        _waiting.Clear();
        _count = 0;
    }

    private async Task AskAsync(DicomDestination destination, List<DicomSendResult> results)
    {
        var started = Stopwatch.StartNew();
        var delay = TimeSpan.FromMilliseconds(250);
        while (true)
        {
            Exception? failure = null;
            var found = new List<DicomSendResult>();
            try
            {
                await OnceAsync(destination, results, found).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                failure = e;
            }
            foreach (var result in found)
                await emit(result with { Proof = DicomProof.Found }).ConfigureAwait(false);
            if (results.Count == 0)
                return;
            if (failure is not (null or DicomNetworkException { Retry: not RetryAdvice.Never }) || started.Elapsed + delay > options.Patience)
            {
                foreach (var result in results)
                    await emit(Missing(result, destination, failure)).ConfigureAwait(false);
                return;
            }
            verbose(failure?.Message ?? FormattableString.Invariant($"{destination} does not show {results.Count} of the instances yet; looking again in {delay.TotalSeconds:0.0} s."));
            await Task.Delay(delay, cancellation).ConfigureAwait(false);
            delay = TimeSpan.FromSeconds(Math.Min(10, delay.TotalSeconds * 2));
        }
    }

    /// <summary>One query for each series; what was found goes from the one list to the other.</summary>
    private async Task OnceAsync(DicomDestination destination, List<DicomSendResult> results, List<DicomSendResult> allFound)
    {
        var query = await InstanceQuery.OpenAsync(destination, options.Client, cancellation).ConfigureAwait(false);
        await using (query.ConfigureAwait(false))
        {
            foreach (var series in results.Select(r => (Study: r.StudyInstanceUid!, Series: r.SeriesInstanceUid!)).Distinct().ToList())
            {
                bool IsOfSeries(DicomSendResult r) => r.StudyInstanceUid == series.Study && r.SeriesInstanceUid == series.Series;
                var wanted = results.Where(IsOfSeries).Select(r => r.SopInstanceUid!).ToHashSet(StringComparer.Ordinal);
                var held = await query.FindAsync(series.Study, series.Series, wanted).ConfigureAwait(false);
                bool IsFound(DicomSendResult r) => IsOfSeries(r) && held.Contains(r.SopInstanceUid!);
                allFound.AddRange(results.FindAll(IsFound));
                results.RemoveAll(IsFound);
            }
            // What such a match stands for may be what is missing: that it is not there cannot be said.
            if (query.Unnamed > 0 && results.Count > 0)
            {
                throw new DicomNetworkException(DicomNetworkError.ProtocolError,
                    $"{destination} answers the query with matches that name no SOP Instance UID ({query.Unnamed} of them): what it holds cannot be told from that.", RetryAdvice.BackOff);
            }
        }
    }

    private static DicomSendResult Missing(DicomSendResult result, DicomDestination destination, Exception? failure)
    {
        if (failure is null)
            return ResultProof.Deny(result, DicomProof.NotFound, ResultProof.NotFound, $"{destination} does not have it.");
        var (errorId, reason) = ResultProof.WhyOf(failure);
        return ResultProof.Deny(result, DicomProof.NotAnswered, errorId, reason);
    }
}
