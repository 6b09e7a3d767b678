using System.Diagnostics;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Services;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.Network;

/// <summary>What counts as an answer to C-STORE counts for the other services too, and nothing holds them beyond their time.</summary>
public class InvalidServiceResponseTests
{
    private static readonly TimeSpan s_enough = TimeSpan.FromSeconds(20);
    private static readonly SopReference[] s_one = [new(SyntheticInstance.CTImage, "1.2.3")];

    public static TheoryData<PeerReaction> Wrong =>
    [
        PeerReaction.NoStatus, PeerReaction.EmptyStatus, PeerReaction.OneByteStatus, PeerReaction.FourByteStatus, PeerReaction.TwoStatuses, PeerReaction.NoMessageId,
        PeerReaction.NoCommandField, PeerReaction.NoDatasetType, PeerReaction.AnswerAnother, PeerReaction.AnotherContext, PeerReaction.AnotherClass,
    ];

    public static TheoryData<PeerReaction> Endless =>
        [PeerReaction.Silence, PeerReaction.Stall, PeerReaction.Drip, PeerReaction.EmptyPdus, PeerReaction.EmptyPdvs, PeerReaction.EndlessRequests];

    [Theory]
    [MemberData(nameof(Wrong))]
    [InlineData(PeerReaction.FindAnswer)]
    [InlineData(PeerReaction.WithDataset)]
    public async Task Wrong_answer_to_an_echo_is_a_protocol_error(PeerReaction reaction)
        => await IsRefusedAsync(reaction, EchoAsync);

    [Theory]
    [MemberData(nameof(Wrong))]
    [InlineData(PeerReaction.EchoAnswer)]
    [InlineData(PeerReaction.WithDataset)]
    public async Task Wrong_answer_to_a_query_is_a_protocol_error(PeerReaction reaction)
        => await IsRefusedAsync(reaction, FindAsync);

    [Theory]
    [MemberData(nameof(Wrong))]
    [InlineData(PeerReaction.EchoAnswer)]
    [InlineData(PeerReaction.AnotherInstance)]
    public async Task Wrong_answer_to_a_commitment_request_is_a_protocol_error(PeerReaction reaction)
        => await IsRefusedAsync(reaction, CommitAsync);

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task Echo_ends_in_time(PeerReaction reaction) => await EndsInTimeAsync(reaction, EchoAsync);

    [Theory]
    [MemberData(nameof(Endless))]
    [InlineData(PeerReaction.EndlessMatches)]
    public async Task Query_ends_in_time(PeerReaction reaction) => await EndsInTimeAsync(reaction, FindAsync);

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task Commitment_request_ends_in_time(PeerReaction reaction) => await EndsInTimeAsync(reaction, CommitAsync);

    /// <summary>The request was taken; then come requests without end, and no report.</summary>
    [Fact]
    public async Task Wait_for_a_report_ends_in_time()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { OnService = _ => PeerReaction.AnswerAndRequestWithoutEnd });
        var watch = Stopwatch.StartNew();
        var e = await Assert.ThrowsAsync<DicomNetworkException>(() => CommitAsync(peer));
        Assert.Equal(DicomNetworkError.NoReport, e.Error);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Query_gives_what_the_archive_has()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Matches = ["1.2.3", "1.2.4"] });
        await using var query = await InstanceQuery.OpenAsync(At(peer), new DicomClientOptions(), default);
        Assert.Equal(["1.2.3", "1.2.4"], (await query.FindAsync("1.2", "1.3").WaitAsync(s_enough)).Order());
    }

    /// <summary>What an item refers to within itself was not asked for.</summary>
    [Fact]
    public void Only_what_stands_in_the_list_itself_is_committed()
    {
        SyntheticElement[] inner = [SyntheticElement.Text(0x00081150, "UI", "1.2"), SyntheticElement.Text(0x00081155, "UI", "1.2.99")];
        SyntheticElement[] item = [SyntheticElement.Text(0x00081150, "UI", "1.2"), SyntheticElement.Text(0x00081155, "UI", "1.2.3"), new(0x00081199, "SQ", new[] { inner })];
        byte[] dataset =
        [
            .. SyntheticInstance.Encode(SyntheticElement.Text(0x00081195, "UI", "1.2.77"), true, false),
            .. SyntheticInstance.Encode(new SyntheticElement(0x00081199, "SQ", new[] { item }), true, false),
        ];
        var report = CommitmentReport.Decode(dataset, DicomTransferSyntax.ExplicitVRLittleEndian);
        Assert.Equal(["1.2.3"], report.Committed);
    }

    [Fact]
    public async Task Peer_that_takes_no_PDU_of_any_use_is_refused()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { MaxPduLength = 7 });
        var e = await Assert.ThrowsAsync<DicomNetworkException>(() => EchoAsync(peer));
        Assert.Equal((DicomNetworkError.ProtocolError, true), (e.Error, e.IsNegotiation));
    }

    private static async Task IsRefusedAsync(PeerReaction reaction, Func<ScriptedPeer, Task> ask)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { OnService = _ => reaction });
        var e = await Assert.ThrowsAsync<DicomNetworkException>(() => ask(peer).WaitAsync(s_enough));
        Assert.Equal(DicomNetworkError.ProtocolError, e.Error);
    }

    private static async Task EndsInTimeAsync(PeerReaction reaction, Func<ScriptedPeer, Task> ask)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { OnService = _ => reaction });
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<DicomNetworkException>(() => ask(peer).WaitAsync(s_enough));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    private static DicomDestination At(ScriptedPeer peer) => new() { Host = "127.0.0.1", Port = peer.Port, CalledAE = "PEER" };

    private static async Task EchoAsync(ScriptedPeer peer)
    {
        await using var client = new DicomClient(At(peer), Timers.ShortAssociationAndMessage);
        await client.EchoAsync();
    }

    private static async Task FindAsync(ScriptedPeer peer)
    {
        await using var query = await InstanceQuery.OpenAsync(At(peer), Timers.ShortAssociationAndMessage, default);
        await query.FindAsync("1.2", "1.3");
    }

    private static Task CommitAsync(ScriptedPeer peer)
        => CommitmentClient.RequestAsync(At(peer), s_one, Timers.ShortAssociationAndMessage, TimeSpan.FromSeconds(1), null, default);
}
