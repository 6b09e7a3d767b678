using System.Collections.Concurrent;
using System.Threading.Channels;
using FlywheelDicom.Network.Scp;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

public class StoreJobTests
{
    /// <summary>Tries for long: whatever heals is not given up on a slow machine.</summary>
    private static readonly StoreOptions s_persistent = new() { RetryTime = TimeSpan.FromSeconds(60) };

    private static DicomFile File(int number, string syntax = SyntheticInstance.Explicit, string sopClass = SyntheticInstance.CTImage)
        => MemorySource.Read(new SyntheticInstance { Number = number, TransferSyntax = syntax, SopClass = sopClass }.ToArray())!;

    private static async Task<List<DicomSendResult>> SendAsync(int port, StoreOptions options, IEnumerable<DicomFile> files)
    {
        var results = new ConcurrentQueue<DicomSendResult>();
        var destination = new DicomDestination { Host = "127.0.0.1", Port = port, CalledAE = "PEER" };
        var input = Channel.CreateBounded<DicomFile>(16);
        var job = new StoreJob(destination, options, r =>
        {
            results.Enqueue(r);
            return default;
        }, _ => { }, default);
        var run = job.RunAsync(input.Reader);
        foreach (var file in files)
            await input.Writer.WriteAsync(file);
        input.Writer.Complete();
        await run.WaitAsync(TimeSpan.FromSeconds(60));
        return [.. results];
    }

    [Fact]
    public async Task Out_of_resources_is_retried_until_it_heals()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Status = n => n < 3 ? 0xA700 : 0, ErrorComment = "disk full" });
        var result = (await SendAsync(peer.Port, s_persistent, [File(1)])).Single();
        Assert.Equal((DicomSendStatus.Sent, 3), (result.Status, result.Attempts));
        Assert.Equal(1, peer.Associations);
    }

    [Fact]
    public async Task Out_of_resources_that_lasts_fails_with_what_the_peer_said()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Status = _ => 0xA701, ErrorComment = "disk full" });
        var result = (await SendAsync(peer.Port, s_persistent with { RetryTime = TimeSpan.FromSeconds(2) }, [File(1)])).Single();
        Assert.Equal((DicomSendStatus.Failed, "disk full", (ushort)0xA701), (result.Status, result.ErrorComment, result.DicomStatus!.Value.Code));
        Assert.True(result.Attempts > 1);
    }

    [Theory]
    [InlineData(0xA900, DicomSendStatus.Failed, 1)]
    [InlineData(0x0122, DicomSendStatus.Failed, 1)]
    [InlineData(0x0110, DicomSendStatus.Failed, 2)]
    [InlineData(0xB000, DicomSendStatus.Warning, 1)]
    [InlineData(0xB006, DicomSendStatus.Warning, 1)]
    [InlineData(0x0111, DicomSendStatus.Warning, 1)]
    public async Task Status_decides_outcome_and_tries(int status, DicomSendStatus outcome, int attempts)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Status = _ => status });
        var result = (await SendAsync(peer.Port, s_persistent, [File(1)])).Single();
        Assert.Equal((outcome, attempts), (result.Status, result.Attempts));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task Lost_association_is_made_again_and_nothing_is_lost(int loss)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Status = n => n % 7 == 3 ? loss : 0 });
        var results = await SendAsync(peer.Port, s_persistent, Enumerable.Range(1, 50).Select(i => File(i)));
        Assert.Equal(50, results.Count);
        Assert.All(results, r => Assert.Equal(DicomSendStatus.Sent, r.Status));
        Assert.Equal(50, peer.Stored.Distinct().Count());
        Assert.Contains(results, r => r.Attempts == 2);
    }

    /// <summary>It counts as sent, but for what it is: the archive says that it has one of this UID.</summary>
    [Fact]
    public async Task Lost_answer_and_then_already_there_is_a_warning()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Status = n => n == 1 ? int.MinValue : 0x0111 });
        var result = (await SendAsync(peer.Port, s_persistent, [File(1)])).Single();
        Assert.Equal((DicomSendStatus.Warning, 2), (result.Status, result.Attempts));
    }

    [Fact]
    public async Task Instance_that_makes_the_peer_abort_fails_alone()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Poison = uid => uid.EndsWith(".3", StringComparison.Ordinal) ? PeerReaction.Abort : null });
        var results = await SendAsync(peer.Port, s_persistent, Enumerable.Range(1, 10).Select(i => File(i)));
        Assert.Equal(5, results[2].Attempts);
        Assert.Equal((9, 1), (results.Count(r => r.Status == DicomSendStatus.Sent), results.Count(r => r.ErrorId == "DicomAssociationAborted")));
    }

    [Fact]
    public async Task Transient_rejection_is_waited_for_and_permanent_is_not()
    {
        using var busy = new ScriptedPeer(new PeerBehaviour { Reject = n => n < 3 ? [3, 0, 0, 0, 0, 4, 0, 2, 3, 1] : null });
        Assert.Equal(DicomSendStatus.Sent, (await SendAsync(busy.Port, s_persistent, [File(1)])).Single().Status);
        using var strict = new ScriptedPeer(new PeerBehaviour { Reject = _ => [3, 0, 0, 0, 0, 4, 0, 1, 1, 7] });
        var result = (await SendAsync(strict.Port, s_persistent, [File(1)])).Single();
        Assert.Equal((DicomSendStatus.Failed, 1, "DicomAssociationRejected"), (result.Status, result.Attempts, result.ErrorId));
    }

    [Fact]
    public async Task Three_hundred_pairs_of_class_and_syntax_are_sent()
    {
        string[] syntaxes = [SyntheticInstance.Explicit, SyntheticInstance.Implicit, SyntheticInstance.Jpeg2000, SyntheticInstance.Rle, SyntheticInstance.JpegBaseline];
        var files = Enumerable.Range(0, 600).Select(i => File(i + 1, syntaxes[i % 5], $"1.2.840.10008.5.1.4.1.1.{1000 + i / 5 % 60}"));
        using var peer = new ScriptedPeer(new PeerBehaviour());
        var results = await SendAsync(peer.Port, s_persistent, files);
        Assert.Equal(600, results.Count(r => r.Status == DicomSendStatus.Sent));
        Assert.Equal(600, peer.Stored.Distinct().Count());
        Assert.All(peer.ContextCounts, c => Assert.InRange(c, 1, 128));
        Assert.InRange(peer.Associations, 2, 100);
    }

    [Fact]
    public async Task What_cannot_be_sent_still_leaves_as_a_result()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Choose = (c, o) => c == SyntheticInstance.MRImage ? null : o[0] });
        var unusable = DicomFile.Unusable("broken.zip", new DicomOrigin { FileName = "broken.zip" }, new(DicomProblem.BadArchive, "It is damaged."));
        var results = await SendAsync(peer.Port, s_persistent, [File(1), unusable, File(2, sopClass: SyntheticInstance.MRImage), File(3)]);
        Assert.Equal([DicomSendStatus.Sent, DicomSendStatus.Failed, DicomSendStatus.Failed, DicomSendStatus.Sent], results.Select(r => r.Status));
        Assert.Equal("It is damaged.", results[1].Reason);
        Assert.Contains("MR Image Storage", results[2].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Window_that_the_peer_allows_is_used_and_results_stay_in_order()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { MaxOperations = 8 });
        var results = await SendAsync(peer.Port, s_persistent, Enumerable.Range(1, 300).Select(i => File(i)));
        Assert.Equal(Enumerable.Range(1, 300).Select(i => File(i).SopInstanceUid), results.Select(r => r.SopInstanceUid));
        Assert.Equal(300, peer.Stored.Distinct().Count());
        Assert.Equal(1, peer.Associations);
        Assert.True(peer.MostUnderWay > 1);
    }

    [Fact]
    public async Task Without_a_window_one_is_under_way_at_a_time()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour());
        await SendAsync(peer.Port, s_persistent, Enumerable.Range(1, 100).Select(i => File(i)));
        Assert.InRange(peer.MostUnderWay, 0, 1);
    }

    [Fact]
    public async Task Order_is_kept_over_several_associations_where_it_is_asked_for()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Status = n => n % 50 == 7 ? -1 : 0 });
        var results = await SendAsync(peer.Port, s_persistent with { MaxAssociations = 4, IsOrdered = true }, Enumerable.Range(1, 300).Select(i => File(i)));
        Assert.Equal(Enumerable.Range(1, 300).Select(i => File(i).SopInstanceUid), results.Select(r => r.SopInstanceUid));
        Assert.All(results, r => Assert.Equal(DicomSendStatus.Sent, r.Status));
    }

    [Fact]
    public async Task Automatic_grows_where_each_answer_takes_its_time()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { React = (_, _) => PeerReaction.Trickle });
        var results = await SendAsync(peer.Port, s_persistent with { MaxAssociations = StoreOptions.Automatic }, Enumerable.Range(1, 60).Select(i => File(i)));
        Assert.Equal(60, results.Count(r => r.Status == DicomSendStatus.Sent));
        Assert.InRange(peer.Associations, 2, 16);
    }

    [Fact]
    public async Task Automatic_is_content_with_what_it_is_given()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { React = (_, _) => PeerReaction.Trickle, MaxOpen = 1 });
        var results = await SendAsync(peer.Port, s_persistent with { MaxAssociations = StoreOptions.Automatic }, Enumerable.Range(1, 20).Select(i => File(i)));
        Assert.Equal(20, results.Count(r => r is { Status: DicomSendStatus.Sent, Attempts: 1 }));
        Assert.Equal(1, peer.Associations);
    }

    [Fact]
    public async Task Dead_destination_fails_the_rest_at_once()
    {
        using var port = new ClosedPort();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var results = await SendAsync(port.Number, s_persistent with { RetryTime = TimeSpan.FromSeconds(1) }, Enumerable.Range(1, 500).Select(i => File(i)));
        Assert.Equal(500, results.Count(r => r is { Status: DicomSendStatus.Failed, ErrorId: "DicomConnectionRefused" }));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20));
    }

    /// <summary>What was under way and not answered has no result, and the journal says nothing of it.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 8)]
    [InlineData(4, 1)]
    [InlineData(4, 8)]
    public async Task Stopped_job_leaves_results_of_what_was_stored_and_no_others(int associations, int window)
    {
        const int answered = 40;
        using var peer = new ScriptedPeer(new PeerBehaviour { MaxOperations = (ushort)window, React = (number, _) => number > answered ? PeerReaction.Silence : null });
        var destination = new DicomDestination { Host = "127.0.0.1", Port = peer.Port, CalledAE = "PEER" };
        var path = Path.Combine(Path.GetTempPath(), $"fwdicom-journal-{Guid.NewGuid():N}.tsv");
        try
        {
            var results = new ConcurrentQueue<DicomSendResult>();
            using (var stop = new CancellationTokenSource())
            using (var journal = SendJournal.Open(path, destination))
            {
                var job = new StoreJob(destination, s_persistent with { MaxAssociations = associations, Journal = journal }, r =>
                {
                    results.Enqueue(r);
                    return default;
                }, _ => { }, stop.Token);
                var input = Channel.CreateUnbounded<DicomFile>();
                foreach (var number in Enumerable.Range(1, 100))
                    input.Writer.TryWrite(File(number));
                var run = job.RunAsync(input.Reader);
                await Eventually.HoldsAsync(() => peer.Stores >= answered + Math.Min(window, 4));
                await stop.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromSeconds(60)));
            }
            var stored = peer.Stored.ToHashSet();
            var lines = JournalLine.Read(path, _ => { }).ToList();
            var written = lines.Select(line => line.SopInstanceUid!).ToHashSet();
            Assert.Equal(answered, stored.Count);
            Assert.NotEmpty(results);
            Assert.All(results, r => Assert.Equal(DicomSendStatus.Sent, r.Status));
            Assert.All(lines, line => Assert.Equal(DicomSendStatus.Sent, line.Status));
            Assert.Subset(stored, written);
            Assert.Subset(written, results.Select(r => r.SopInstanceUid!).ToHashSet());
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Several_associations_send_each_instance_once(int associations)
    {
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink() });
        var results = await SendAsync(server.Port, s_persistent with { MaxAssociations = associations }, Enumerable.Range(1, 400).Select(i => File(i)));
        Assert.Equal(400, results.Select(r => r.SopInstanceUid).Distinct().Count());
        Assert.Equal(400, server.Instances);
        Assert.All(results, r => Assert.Equal(DicomSendStatus.Sent, r.Status));
    }

    [Fact]
    public async Task Peer_that_gives_fewer_associations_is_used_with_those()
    {
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink(), MaxAssociations = 2 });
        var results = await SendAsync(server.Port, s_persistent with { MaxAssociations = 6 }, Enumerable.Range(1, 300).Select(i => File(i)));
        Assert.Equal(300, results.Count(r => r.Status == DicomSendStatus.Sent));
        Assert.Equal(300, server.Instances);
    }

    [Fact]
    public async Task Source_that_went_away_fails_alone()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour());
        var path = Path.GetTempFileName();
        await System.IO.File.WriteAllBytesAsync(path, new SyntheticInstance { Number = 2 }.ToArray());
        var gone = DicomFile.Open(path);
        System.IO.File.Delete(path);
        var results = await SendAsync(peer.Port, s_persistent, [File(1), gone, File(3)]);
        Assert.Equal([DicomSendStatus.Sent, DicomSendStatus.Failed, DicomSendStatus.Sent], results.Select(r => r.Status));
        Assert.Equal(DicomProblem.Unreadable, results[1].ErrorId);
        Assert.Equal(1, peer.Associations);
    }
}
