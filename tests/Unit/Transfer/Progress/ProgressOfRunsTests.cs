using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Monitoring;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer.Progress;

/// <summary>Whole runs, and what is told of them.</summary>
public sealed class ProgressOfRunsTests
{
    private readonly SendMonitor _monitor = new(JobRun.At(104), TimeProvider.System);

    private StoreOptions Options => new() { Monitor = _monitor, RetryTime = TimeSpan.FromSeconds(60) };

    private async Task<List<DicomSendResult>> SendAsync(ScriptedPeer peer, params DicomFile[] files)
    {
        foreach (var file in files)
            _monitor.Progress.Enter(file);
        _monitor.Progress.EndInput();
        return await JobRun.SendAsync(peer.Port, Options, files);
    }

    [Fact]
    public async Task All_that_was_sent_is_counted_once()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour());
        var files = Enumerable.Range(1, 12).Select(n => JobRun.File(n, rows: 200)).ToArray();
        var results = await SendAsync(peer, files);
        var now = _monitor.Progress.Snapshot();
        Assert.Equal((12L, 12L, 0L, 100), (now.Done, now.Total, now.Failed, now.Percent));
        Assert.Equal(results.Sum(r => r.Bytes), _monitor.Progress.Sent.Written - _monitor.Progress.Sent.Withdrawn);
        Assert.Equal(files.Sum(f => f.Length), now.Bytes);
    }

    [Fact]
    public async Task Tries_that_were_answered_in_vain_do_not_count()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Status = n => n < 3 ? 0xA700 : 0 });
        var results = await SendAsync(peer, JobRun.File(1, rows: 100));
        var sent = _monitor.Progress.Sent;
        Assert.Equal((3, results[0].Bytes), (results[0].Attempts, sent.Written - sent.Withdrawn));
        Assert.Equal(3 * results[0].Bytes, sent.Written);
        Assert.Null(_monitor.Progress.Snapshot().Outage);
    }

    [Fact]
    public async Task Long_instance_is_counted_in_pieces()
    {
        var seen = new List<long>();
        using var peer = new ScriptedPeer(new PeerBehaviour());
        var bytes = new SyntheticInstance { Number = 1, Rows = 2000, Columns = 2000 }.ToArray();
        var file = DicomFile.Read(new WatchedSource(bytes, () => seen.Add(_monitor.Progress.Sent.Written)), "memory", new DicomOrigin { FileName = "memory" })!;
        seen.Clear();
        await SendAsync(peer, file);
        Assert.True(seen.Distinct().Count() > 8, string.Join(' ', seen));
    }

    [Fact]
    public async Task Lost_association_withdraws_what_was_sent_over_it()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { React = (association, _) => association == 1 ? PeerReaction.Abort : null });
        var results = await SendAsync(peer, JobRun.File(1, rows: 100));
        var sent = _monitor.Progress.Sent;
        Assert.Equal((DicomSendStatus.Sent, results[0].Bytes), (results[0].Status, sent.Written - sent.Withdrawn));
        Assert.True(sent.Withdrawn > 0);
    }

    /// <summary>Tells each read of it.</summary>
    private sealed class WatchedSource(byte[] bytes, Action onRead) : FlywheelDicom.IO.DicomSource
    {
        public override long Length => bytes.Length;

        public override Stream Open() => new Watched(bytes, onRead);

        private sealed class Watched(byte[] bytes, Action onRead) : MemoryStream(bytes, writable: false)
        {
            public override int Read(Span<byte> buffer)
            {
                onRead();
                return base.Read(buffer);
            }
        }
    }
}
