using System.Globalization;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// Finds a good number of associations: it doubles the number while that increases throughput, and goes back one step where it does
/// not. It measures only while instances wait to be sent, so with a slow source it opens no idle associations.
/// </summary>
internal sealed class AssociationTuner(AssociationPool pool, WorkQueue queue, TimeProvider time, Action<string> verbose)
{
    public const int MaxAssociations = 16;

    /// <summary>Doubling the associations must increase throughput by at least this factor.</summary>
    private const double MinGain = 1.2;

    /// <summary>The fixed cost of an instance, as a number of bytes that would take as long.</summary>
    private const long InstanceCost = 16 * 1024;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_maxMeasurement = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(60);

    private long _work;
    private long _instances;

    public void Count(DicomSendResult result)
    {
        Interlocked.Add(ref _work, result.Bytes + InstanceCost);
        Interlocked.Increment(ref _instances);
    }

    /// <summary>Adds associations to the pool and retires them, until the end.</summary>
    /// <param name="end">Cancelled when all is sent.</param>
    public async Task RunAsync(CancellationToken end)
    {
        try
        {
            while (true)
            {
                await GrowAsync(end).ConfigureAwait(false);
                await Task.Delay(s_pause, time, end).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // All is sent. The associations end by themselves.
        }
    }

    private async Task GrowAsync(CancellationToken end)
    {
        var count = Math.Max(1, pool.Open);
        var before = await MeasureAsync(count, end).ConfigureAwait(false);
        while (count < MaxAssociations)
        {
            var wanted = Math.Min(2 * count, MaxAssociations);
            for (var i = pool.Open; i < wanted; i++)
                pool.Add(end);
            while (pool.HasPending)
                await Task.Delay(s_interval / 10, time, end).ConfigureAwait(false);
            var open = pool.Open;
            var after = await MeasureAsync(open, end).ConfigureAwait(false);
            var isWorthIt = after >= before * MinGain && open > count;
            verbose(string.Create(CultureInfo.InvariantCulture,
                $"{open} associations carry {after:0} instances a second, {count} carried {before:0}: {(isWorthIt ? "worth it" : $"going on with {count}")}."));
            if (!isWorthIt)
            {
                pool.RetireTo(count);
                return;
            }
            (count, before) = (open, after);
            if (open < wanted)
                return;
        }
    }

    /// <summary>Instances of average size per second, measured while enough of them are finished and others wait.</summary>
    private async Task<double> MeasureAsync(int associations, CancellationToken end)
    {
        while (true)
        {
            var (work, instances, started) = (Interlocked.Read(ref _work), Interlocked.Read(ref _instances), time.GetTimestamp());
            var isBusy = true;
            do
            {
                await Task.Delay(s_interval, time, end).ConfigureAwait(false);
                isBusy &= queue.Backlog > 0;
            }
            while (Interlocked.Read(ref _instances) - instances < 4 * associations && time.GetElapsedTime(started) < s_maxMeasurement);
            var done = Interlocked.Read(ref _instances) - instances;
            if (!isBusy || done == 0)
                continue;
            var average = (double)Interlocked.Read(ref _work) / Interlocked.Read(ref _instances);
            return (Interlocked.Read(ref _work) - work) / average / time.GetElapsedTime(started).TotalSeconds;
        }
    }
}
