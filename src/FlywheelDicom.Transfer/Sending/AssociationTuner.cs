using System.Diagnostics;
using System.Globalization;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// Finds how many associations are worth having: twice as many as long as throughput grows with them, back to where it did not.
/// It grows only while instances wait, so a slow source never makes it open what stays idle.
/// </summary>
internal sealed class AssociationTuner(StoreJob job, Action<string> verbose)
{
    public const int MaxAssociations = 16;

    /// <summary>What twice the associations must bring at least.</summary>
    private const double Gain = 1.2;

    /// <summary>What an instance costs beside its bytes, in bytes.</summary>
    private const long InstanceCost = 16 * 1024;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(60);

    private long _work;
    private long _instances;

    public void Count(DicomSendResult result)
    {
        Interlocked.Add(ref _work, result.Bytes + InstanceCost);
        Interlocked.Increment(ref _instances);
    }

    /// <param name="add">Opens one more association, and uses it until the end.</param>
    /// <param name="end">All is sent.</param>
    public async Task RunAsync(Func<Task> add, CancellationToken end)
    {
        var workers = new List<Task>();
        try
        {
            while (true)
            {
                await GrowAsync(add, workers, end).ConfigureAwait(false);
                await Task.Delay(s_rest, end).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The workers see the end themselves.
        }
        await Task.WhenAll(workers).ConfigureAwait(false);
    }

    private async Task GrowAsync(Func<Task> add, List<Task> workers, CancellationToken end)
    {
        var count = Math.Max(1, job.OpenWorkers);
        var before = await MeasureAsync(count, end).ConfigureAwait(false);
        while (count < MaxAssociations)
        {
            var wanted = Math.Min(2 * count, MaxAssociations);
            for (var i = job.OpenWorkers; i < wanted; i++)
                workers.Add(add());
            while (job.HasPending)
                await Task.Delay(s_interval / 10, end).ConfigureAwait(false);
            var open = job.OpenWorkers;
            var after = await MeasureAsync(open, end).ConfigureAwait(false);
            var isWorthIt = after >= before * Gain && open > count;
            verbose(string.Create(CultureInfo.CurrentCulture,
                $"{open} associations carry {after:0} instances a second, {count} carried {before:0}: {(isWorthIt ? "worth it" : $"going on with {count}")}."));
            if (!isWorthIt)
            {
                job.RetireTo(count);
                return;
            }
            (count, before) = (open, after);
            if (open < wanted)
                return;
        }
    }

    /// <summary>Instances of average size a second, over a time in which enough of them came to an end and others waited.</summary>
    private async Task<double> MeasureAsync(int associations, CancellationToken end)
    {
        while (true)
        {
            var (work, instances, started) = (Interlocked.Read(ref _work), Interlocked.Read(ref _instances), Stopwatch.GetTimestamp());
            var isBusy = true;
            do
            {
                await Task.Delay(s_interval, end).ConfigureAwait(false);
                isBusy &= job.Backlog > 0;
            }
            while (Interlocked.Read(ref _instances) - instances < 4 * associations && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
            var done = Interlocked.Read(ref _instances) - instances;
            if (!isBusy || done == 0)
                continue;
            var average = (double)Interlocked.Read(ref _work) / Interlocked.Read(ref _instances);
            return (Interlocked.Read(ref _work) - work) / average / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
    }
}
