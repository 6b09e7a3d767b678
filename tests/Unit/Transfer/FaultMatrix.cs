using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>What came of one row.</summary>
internal sealed record FaultOutcome(FaultScenario Scenario, int Associations, IReadOnlyList<DicomSendResult> First, IReadOnlySet<string> StoredThen, int Deliveries,
    IReadOnlyList<DicomSendResult> Second, IReadOnlySet<string> StoredAtLast, int DeliveredAgain, TimeSpan Took);

/// <summary>
/// Runs all rows, several at once since they mostly wait, and writes them down as a table where FLYWHEELDICOM_FAULT_TABLE names a file.
/// </summary>
public sealed class FaultMatrix : IDisposable
{
    private readonly ConcurrentDictionary<(string, int), Task<FaultOutcome>> _rows = new();
    private readonly SemaphoreSlim _atOnce = new(10);

    public FaultMatrix()
    {
        foreach (var scenario in FaultScenario.All)
        {
            foreach (var associations in new[] { 1, 4 })
                _rows[(scenario.Fault, associations)] = Task.Run(() => BoundedAsync(scenario, associations));
        }
    }

    internal Task<FaultOutcome> RowAsync(string fault, int associations) => _rows[(fault, associations)];

    public void Dispose()
    {
        if (Environment.GetEnvironmentVariable("FLYWHEELDICOM_FAULT_TABLE") is { Length: > 0 } path)
            File.WriteAllLines(path, Table());
        _atOnce.Dispose();
    }

    private IEnumerable<string> Table()
    {
        yield return "| Fault | Associations | Sent | Failed | Tried more than once | Deliveries | Stored | Second run: skipped, sent | Stored then | Seconds |";
        yield return "|---|---|---|---|---|---|---|---|---|---|";
        foreach (var scenario in FaultScenario.All)
        {
            foreach (var associations in new[] { 1, 4 })
            {
                var row = _rows[(scenario.Fault, associations)].GetAwaiter().GetResult();
                var failed = row.First.Where(r => !r.IsStored).ToList();
                var why = failed.Count > 0 ? $"{failed.Count} ({failed[0].ErrorId})" : "0";
                var again = scenario.NeverHeals ? "none can be" : $"{row.Second.Count(r => r.Status == DicomSendStatus.Skipped)}, {row.Second.Count(r => r.Status == DicomSendStatus.Sent)}";
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"| {scenario.Fault} | {associations} | {row.First.Count(r => r.IsStored)} | {why} | {row.First.Count(r => r.Attempts > 1)} | {row.Deliveries} | {row.StoredThen.Count} | {again} | {row.StoredAtLast.Count} | {row.Took.TotalSeconds:0.0} |");
            }
        }
    }

    private async Task<FaultOutcome> BoundedAsync(FaultScenario scenario, int associations)
    {
        await _atOnce.WaitAsync();
        try
        {
            return await RunAsync(scenario, associations);
        }
        finally
        {
            _atOnce.Release();
        }
    }

    private static async Task<FaultOutcome> RunAsync(FaultScenario scenario, int associations)
    {
        using var peer = new ScriptedPeer(scenario.Peer, isAbsent: scenario.Absent != default) { RemembersDatasets = false };
        var random = new Random(associations);
        using var line = scenario.Line is { } fault ? new FaultyLine(peer.Port, _ => fault(random)) : null;
        var journal = Path.Combine(Path.GetTempPath(), $"fwdicom-fault-{Guid.NewGuid():N}.tsv");
        var destination = new DicomDestination { Host = scenario.Host, Port = line?.Port ?? peer.Port, CalledAE = "PEER" };
        try
        {
            var watch = Stopwatch.StartNew();
            var sending = SendAsync(scenario, destination, associations, journal);
            if (scenario.Absent > TimeSpan.Zero)
            {
                await Task.Delay(scenario.Absent);
                peer.Appear();
            }
            var first = await sending;
            var took = watch.Elapsed;
            if (scenario.Absent == Timeout.InfiniteTimeSpan)
                peer.Appear();
            var storedThen = peer.Stored.ToHashSet();
            var deliveries = peer.Stores;
            peer.Behaviour = new PeerBehaviour();
            line?.Heal();
            var second = await SendAsync(scenario with { Pause = default }, destination, associations, journal);
            return new FaultOutcome(scenario, associations, first, storedThen, deliveries, second, peer.Stored.ToHashSet(), peer.Stores - deliveries, took);
        }
        finally
        {
            File.Delete(journal);
        }
    }

    private static async Task<IReadOnlyList<DicomSendResult>> SendAsync(FaultScenario scenario, DicomDestination destination, int associations, string journalPath)
    {
        using var journal = SendJournal.Open(journalPath, destination);
        var options = new StoreOptions
        {
            MaxAssociations = associations, RetryTime = scenario.RetryTime, Journal = journal,
            Client = scenario.Timers with { ComputesDigests = true },
        };
        var results = new ConcurrentQueue<DicomSendResult>();
        var input = Channel.CreateBounded<DicomFile>(16);
        var job = new StoreJob(destination, options, r =>
        {
            results.Enqueue(r);
            return default;
        }, _ => { }, default);
        var run = job.RunAsync(input.Reader);
        for (var number = 1; number <= FaultScenario.Instances; number++)
        {
            if (scenario.Pause > TimeSpan.Zero && number % 20 == 0)
                await Task.Delay(scenario.Pause);
            var size = scenario.HasLarge && number == 50 ? 3200 : 16;
            await input.Writer.WriteAsync(MemorySource.Read(new SyntheticInstance { Number = number, Rows = size, Columns = size }.ToArray())!);
        }
        input.Writer.Complete();
        await run.WaitAsync(TimeSpan.FromMinutes(3));
        return [.. results];
    }
}
