using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Monitoring;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer.Monitoring;

/// <summary>Other tests run beside these: what is counted for all is looked at by this run's destination or as a difference of its own.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Counters_tell_what_was_sent()
    {
        var seen = new ConcurrentBag<(string Name, double Value, string Tags)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == "FlywheelDicom")
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => seen.Add((i.Name, value, string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}")))));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => seen.Add((i.Name, value, string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}")))));
        listener.Start();
        using var peer = new ScriptedPeer(new PeerBehaviour { Status = n => n == 2 ? 0xA900 : n == 3 ? 0xA700 : 0 });
        var monitor = new SendMonitor(JobRun.At(peer.Port), TimeProvider.System);
        var results = await JobRun.SendAsync(peer.Port, new StoreOptions { Monitor = monitor }, [.. Enumerable.Range(1, 4).Select(n => JobRun.File(n))]);
        Assert.Equal(3, results.Count(r => r.IsStored));
        double Sum(string name, string tags = "") => seen.Where(s => s.Name == name && s.Tags.Contains(tags, StringComparison.Ordinal)).Sum(s => s.Value);
        Assert.True(Sum("flywheeldicom.send.instances", "status=sent") >= 3);
        Assert.True(Sum("flywheeldicom.send.instances", "status=failed") >= 1);
        Assert.True(Sum("flywheeldicom.send.bytes") >= results.Sum(r => r.Bytes));
        Assert.True(seen.Count(s => s.Name == "flywheeldicom.send.duration") >= 4);
        Assert.True(Sum("flywheeldicom.retries", "of=store") >= 1);
        Assert.Contains(seen, s => s is { Name: "flywheeldicom.associations.open", Value: 1 });
        Assert.Contains(seen, s => s is { Name: "flywheeldicom.associations.open", Value: -1 });
        Assert.Contains(seen, s => s is { Name: "flywheeldicom.send.queue", Value: 1 });
        Assert.Contains(seen, s => s is { Name: "flywheeldicom.send.queue", Value: -1 });
    }

    [Fact]
    public async Task Spans_of_instances_stand_in_the_span_of_their_run()
    {
        var ended = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "FlywheelDicom", Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData, ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var peer = new ScriptedPeer(new PeerBehaviour { Status = n => n == 2 ? 0xA900 : 0 });
        var monitor = new SendMonitor(JobRun.At(peer.Port), TimeProvider.System);
        await JobRun.SendAsync(peer.Port, new StoreOptions { Monitor = monitor }, JobRun.File(1), JobRun.File(2));
        var stores = ended.Where(a => a.OperationName == "dicom.store" && a.GetTagItem("server.port") is int port && port == peer.Port).ToList();
        Assert.Equal(2, stores.Count);
        var run = Assert.Single(ended, a => a.OperationName == "dicom.send" && a.SpanId == stores[0].ParentSpanId);
        Assert.Equal(run.SpanId, stores[1].ParentSpanId);
        Assert.Single(stores, a => a.Status == ActivityStatusCode.Error && "failed".Equals(a.GetTagItem("flywheeldicom.status")));
    }
}
