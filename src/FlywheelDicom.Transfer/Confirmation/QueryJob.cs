using System.Threading.Channels;
using FlywheelDicom.Network.Services;

namespace FlywheelDicom.Transfer.Confirmation;

/// <summary>
/// Looks for the instances of a stream of results in the archive with C-FIND, series by series, and gives out each result with
/// what was found. An archive may need a moment to index new instances, so missing ones are looked for again until the time limit.
/// </summary>
internal sealed class QueryJob(ConfirmationOptions options, Func<DicomSendResult, ValueTask> emit, Action<string> verbose, CancellationToken cancellation)
{
    /// <summary>Results that are collected, so that one query covers all of a series, before the archive is asked.</summary>
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
                await emit(ConfirmationOutcome.NotConfirmed(result, DicomConfirmation.NotAnswered, ConfirmationOutcome.NotAnswered, "It names no study or series, so the archive cannot be asked for it.")).ConfigureAwait(false);
                continue;
            }
            var destination = options.DestinationToAsk(result.Destination);
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
        var started = options.Time.GetTimestamp();
        var delay = TimeSpan.FromMilliseconds(250);
        while (true)
        {
            Exception? failure = null;
            var found = new List<DicomSendResult>();
            try
            {
                await FindAsync(destination, results, found).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                failure = e;
            }
            foreach (var result in found)
                await emit(result with { Confirmation = DicomConfirmation.Found }).ConfigureAwait(false);
            if (results.Count == 0)
                return;
            if (failure is not (null or DicomNetworkException { Retry: not RetryAdvice.Never }) || options.Time.GetElapsedTime(started) + delay > options.Timeout)
            {
                foreach (var result in results)
                    await emit(Missing(result, destination, failure)).ConfigureAwait(false);
                return;
            }
            verbose(failure?.Message ?? FormattableString.Invariant($"{destination} does not show {results.Count} of the instances yet; looking again in {delay.TotalSeconds:0.0} s."));
            await Task.Delay(delay, options.Time, cancellation).ConfigureAwait(false);
            delay = TimeSpan.FromSeconds(Math.Min(10, delay.TotalSeconds * 2));
        }
    }

    /// <summary>Asks once for each series. Results that were found move from the first list to the second.</summary>
    private async Task FindAsync(DicomDestination destination, List<DicomSendResult> results, List<DicomSendResult> allFound)
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
            return ConfirmationOutcome.NotConfirmed(result, DicomConfirmation.NotFound, ConfirmationOutcome.NotFound, $"{destination} does not have it.");
        var (errorId, reason) = ConfirmationOutcome.ReasonOf(failure);
        return ConfirmationOutcome.NotConfirmed(result, DicomConfirmation.NotAnswered, errorId, reason);
    }
}
