using System.Diagnostics;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>A peer that takes no instance at all, in whatever way; and one that merely cannot take some.</summary>
public sealed class PeerThatTakesNothingTests
{
    private const int Instances = 60;

    public static TheoryData<PeerReaction, int, int> Reactions()
    {
        var rows = new TheoryData<PeerReaction, int, int>();
        foreach (var reaction in new[] { PeerReaction.Abort, PeerReaction.UnknownPdu, PeerReaction.AnswerAnother, PeerReaction.Reset, PeerReaction.Release, PeerReaction.TornPdv })
        {
            rows.Add(reaction, 1, 1);
            rows.Add(reaction, 4, 8);
        }
        return rows;
    }

    private static DicomFile[] Files(int count) => [.. Enumerable.Range(1, count).Select(i => JobRun.File(i))];

    [Theory]
    [MemberData(nameof(Reactions))]
    public async Task Peer_that_never_answers_as_it_should_is_down_and_the_rest_is_told_as_not_tried(PeerReaction reaction, int associations, int window)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { React = (_, _) => reaction, MaxOperations = window });
        var watch = Stopwatch.StartNew();
        var results = await JobRun.SendAsync(peer.Port, new StoreOptions { MaxAssociations = associations, RetryTime = TimeSpan.FromSeconds(3) }, Files(Instances));
        Assert.Equal(Instances, results.Count);
        Assert.All(results, r => Assert.Equal(DicomSendStatus.Failed, r.Status));
        var untried = results.Where(r => r.Attempts == 0).ToList();
        Assert.InRange(untried.Count, Instances - 24, Instances - 3);
        Assert.All(untried, r => Assert.StartsWith("Not tried: ", r.Reason, StringComparison.Ordinal));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 8)]
    [InlineData(4, 1)]
    [InlineData(4, 8)]
    public async Task Three_bad_ones_in_a_row_cost_themselves_alone(int associations, int window)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour
        {
            MaxOperations = window, Poison = uid => uid.EndsWith(".10", StringComparison.Ordinal) || uid.EndsWith(".11", StringComparison.Ordinal) || uid.EndsWith(".12", StringComparison.Ordinal) ? PeerReaction.Abort : null,
        });
        var results = await JobRun.SendAsync(peer.Port, new StoreOptions { MaxAssociations = associations }, Files(30));
        Assert.Equal((27, 3), (results.Count(r => r.Status == DicomSendStatus.Sent), results.Count(r => r.ErrorId == "DicomAssociationAborted")));
        Assert.Equal(27, peer.Stored.Distinct().Count());
    }

    /// <summary>It answers: it is not down. Two tries an instance, with a wait between, would take hours for a long run.</summary>
    [Theory]
    [InlineData(0xC000)]
    [InlineData(0x0110)]
    [InlineData(0xA700)]
    [InlineData(0xA900)]
    public async Task Peer_that_refuses_every_instance_is_asked_for_each_and_fast(int status)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Status = _ => status });
        var watch = Stopwatch.StartNew();
        var results = await JobRun.SendAsync(peer.Port, new StoreOptions { RetryTime = TimeSpan.FromSeconds(2) }, Files(200));
        Assert.Equal(200, results.Count(r => r is { Status: DicomSendStatus.Failed, ErrorId: "DicomStoreFailed", Attempts: > 0 }));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }
}
