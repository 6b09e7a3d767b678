using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Wire;
using FlywheelDicom.TestSupport;
using static FlywheelDicom.TestSupport.SyntheticInstance;

namespace FlywheelDicom.Unit.Network.Scu;

/// <summary>The one association of a client: what it proposes, when it is made again, how much may be under way.</summary>
public class DicomClientTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(50);
    private static readonly StoreNeed s_ct = new(CTImage, Explicit);
    private static readonly StoreNeed s_mr = new(MRImage, Jpeg2000);

    private static DicomClient Client(ScriptedPeer peer, int operations = 16, bool digests = false)
        => new(new DicomDestination { Host = "127.0.0.1", Port = peer.Port, CalledAE = "PEER" }, new DicomClientOptions { MaxOperations = operations, ComputesDigests = digests });

    private static DicomFile File(int number = 1, string syntax = Explicit) => MemorySource.Read(new SyntheticInstance { Number = number, TransferSyntax = syntax }.ToArray())!;

    private static Task<DicomResponse> StoreAsync(DicomClient client, int number) => client.StoreAsync(File(number)).WaitAsync(s_patience);

    [Fact]
    public async Task What_is_expected_is_proposed_before_there_is_anything_to_send()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour());
        await using var client = Client(peer);
        await client.OpenAsync().WaitAsync(s_patience);
        Assert.Equal((0, 0, 1), (peer.Associations, client.Associations, client.Window));
        Assert.False(client.IsReadyFor(s_ct));
        client.Expect(s_ct);
        Assert.False(client.IsReadyFor(s_ct));
        client.Expect(s_mr);
        await client.OpenAsync().WaitAsync(s_patience);
        Assert.Equal((1, 1), (peer.Associations, client.Associations));
        Assert.True(client.IsReadyFor(s_ct) && client.IsReadyFor(s_mr));
        Assert.False(client.IsReadyFor(s_ct with { TransferSyntaxUid = Jpeg2000 }));
        // CT in both uncompressed syntaxes, MR in its own and in what the standard requires beside it.
        Assert.Equal([4], peer.ContextCounts);
        await StoreAsync(client, 1);
        Assert.Equal(1, client.Associations);
        await client.CloseAsync().WaitAsync(s_patience);
        Assert.Equal(1, peer.ReleasesSeen);
        Assert.False(client.IsReadyFor(s_ct));
    }

    [Fact]
    public async Task Of_what_is_expected_the_last_ones_are_kept()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour());
        await using var client = Client(peer);
        client.Expect(s_ct);
        for (var i = 1; i <= DicomClient.MaxExpected; i++)
            client.Expect(new StoreNeed($"1.2.{i}", Jpeg2000));
        await using var other = Client(peer);
        Assert.Throws<ArgumentNullException>(() => other.ExpectAs(null!));
        other.ExpectAs(client);
        foreach (var each in (DicomClient[])[client, other])
        {
            await each.OpenAsync().WaitAsync(s_patience);
            Assert.False(each.IsReadyFor(s_ct));
            Assert.True(each.IsReadyFor(new StoreNeed("1.2.1", Jpeg2000)));
            Assert.True(each.IsReadyFor(new StoreNeed($"1.2.{DicomClient.MaxExpected}", Jpeg2000)));
        }
        Assert.Equal([128, 128], peer.ContextCounts);
    }

    /// <summary>What was sent before is proposed again, so that a mixed series does not need an association for each change.</summary>
    [Fact]
    public async Task What_was_sent_before_is_proposed_again()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour());
        await using var client = Client(peer);
        await client.StoreAsync(File(1));
        await client.StoreAsync(File(2, Jpeg2000));
        Assert.Equal([2, 3], peer.ContextCounts);
        await client.StoreAsync(File(3));
        await client.StoreAsync(File(4, Jpeg2000));
        Assert.Equal((2, 1), (client.Associations, peer.ReleasesSeen));
    }

    [Fact]
    public async Task Refusal_is_remembered()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Choose = (_, offered) => offered.Contains(Jpeg2000) ? offered[0] : null });
        await using var client = Client(peer);
        var first = await Assert.ThrowsAsync<DicomNetworkException>(() => StoreAsync(client, 1));
        Assert.True(client.IsReadyFor(s_ct));
        Assert.Same(first, await Assert.ThrowsAsync<DicomNetworkException>(() => StoreAsync(client, 2)));
        Assert.Equal(1, peer.Associations);
        await client.StoreAsync(File(3, Jpeg2000));
        Assert.Same(first, await Assert.ThrowsAsync<DicomNetworkException>(() => StoreAsync(client, 4)));
        // The refused one is not asked for again: a context for each syntax that compressed instances need.
        Assert.Equal([2, 2], peer.ContextCounts);
    }

    [Theory]
    [InlineData(0, 7, 7)]
    [InlineData(3, 7, 3)]
    [InlineData(9, 7, 7)]
    [InlineData(null, 7, 1)]
    public async Task Window_is_the_smaller_of_both(int? peers, int own, int expected)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { MaxOperations = peers });
        await using var client = Client(peer, own);
        await StoreAsync(client, 1);
        Assert.Equal(expected, client.Window);
    }

    /// <summary>After a loss with several under way they go one at a time, and after the next one for twice as long.</summary>
    [Fact]
    public async Task Losses_cost_the_window_for_longer_each_time()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { MaxOperations = 2, React = (n, _) => n is 1 or 5 ? PeerReaction.Silence : n is 2 or 6 ? PeerReaction.Abort : null });
        await using var client = Client(peer);
        var number = 0;
        async Task LoseTwoAsync()
        {
            Task<DicomResponse>[] lost = [StoreAsync(client, ++number), StoreAsync(client, ++number)];
            foreach (var store in lost)
                Assert.Equal(2, (await Assert.ThrowsAnyAsync<DicomNetworkException>(() => store)).InFlight);
        }
        await LoseTwoAsync();
        foreach (var singles in (int[])[2, 4])
        {
            for (var i = 0; i < singles; i++)
            {
                await StoreAsync(client, ++number);
                Assert.Equal(1, client.Window);
            }
            if (singles == 2)
                await LoseTwoAsync();
        }
        await StoreAsync(client, ++number);
        Assert.Equal(2, client.Window);
        Assert.Equal(5, peer.Associations);
    }

    [Fact]
    public async Task Loss_of_a_single_one_costs_no_window()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { MaxOperations = 2, React = (n, _) => n == 1 ? PeerReaction.Abort : null });
        await using var client = Client(peer);
        Assert.Equal(1, (await Assert.ThrowsAnyAsync<DicomNetworkException>(() => StoreAsync(client, 1))).InFlight);
        await StoreAsync(client, 2);
        Assert.Equal(2, client.Window);
    }

    [Theory]
    [InlineData(false, Explicit)]
    [InlineData(true, Explicit)]
    [InlineData(false, Implicit)]
    [InlineData(true, Implicit)]
    public async Task Digest_is_of_the_own_syntax_whatever_was_sent(bool isAsked, string taken)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Choose = (_, offered) => offered.Contains(taken) ? taken : null });
        await using var client = Client(peer, digests: isAsked);
        var response = await client.StoreAsync(File());
        Assert.Equal(isAsked ? File().ComputeDigest() : null, response.Digest);
        Assert.Equal(taken, response.TransferSyntaxUid);
        Assert.Equal(new SyntheticInstance { TransferSyntax = taken }.Dataset(), peer.Datasets.Single());
        Assert.Equal(peer.Datasets.Single().Length, response.Bytes);
    }

    [Fact]
    public async Task Digest_that_cannot_be_had_costs_nothing()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Choose = (_, offered) => offered.Contains(Implicit) ? Implicit : null });
        foreach (var failure in (Exception[])[new IOException("x"), new InvalidDataException("x"), new UnauthorizedAccessException("x")])
        {
            await using var client = Client(peer, digests: true);
            var bytes = new SyntheticInstance { TransferSyntax = Implicit }.Dataset();
            var instance = new OutgoingInstance(CTImage, "1.2.3", DicomTransferSyntax.ExplicitVRLittleEndian,
                syntax => syntax.Uid == Implicit ? new OutgoingDataset(new MemoryStream(bytes), Implicit, bytes.Length) : throw failure);
            var response = await client.StoreAsync(instance);
            Assert.Equal((DicomStatus.Success, null), (response.Status, response.Digest));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Echo_says_what_the_peer_says(bool isAccepted)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { MaxPduLength = 12345, Choose = (_, offered) => isAccepted ? offered[^1] : null });
        await using var client = Client(peer);
        var echo = await client.EchoAsync().WaitAsync(s_patience);
        Assert.Equal(12345u, echo.Peer.MaxPduLength);
        Assert.Null(echo.Tls);
        Assert.Equal(isAccepted ? (DicomStatus.Success, Explicit, 0L) : null, echo.Response is { } r ? (r.Status, r.TransferSyntaxUid, r.Bytes) : ((DicomStatus, string, long)?)null);
        await Eventually.HoldsAsync(() => peer.ReleasesSeen == 1);
        Assert.Equal(0, peer.AbortsSeen);
    }

    /// <summary>What becomes of an association is told, in order.</summary>
    [Theory]
    [InlineData("close", "Requested2 Opened2 Released")]
    [InlineData("dispose", "Requested2 Opened2 Aborted")]
    [InlineData("lose", "Requested2 Opened2 Lost Requested2 Opened2 Aborted")]
    [InlineData("refuse", "Requested2 Refused2")]
    public async Task Association_is_told_from_its_request_to_its_end(string what, string expected)
    {
        var told = new List<string>();
        using var peer = new ScriptedPeer(new PeerBehaviour
        {
            Reject = _ => what == "refuse" ? [3, 0, 0, 0, 0, 4, 0, 1, 1, 7] : null, React = (n, _) => what == "lose" && n == 1 ? PeerReaction.Abort : null,
        });
        var client = new DicomClient(new DicomDestination { Host = "127.0.0.1", Port = peer.Port, CalledAE = "PEER" },
            new DicomClientOptions { OnAssociation = e => told.Add($"{e.Kind}{(e.Contexts > 0 ? e.Contexts : "")}") });
        if (what is "lose" or "refuse")
            await Assert.ThrowsAnyAsync<DicomNetworkException>(() => StoreAsync(client, 1));
        if (what != "refuse")
            await StoreAsync(client, 2);
        if (what == "close")
            await client.CloseAsync().WaitAsync(s_patience);
        await client.DisposeAsync();
        Assert.Equal(expected, string.Join(' ', told));
    }

    [Theory]
    [InlineData(0xA900, "no")]
    [InlineData(0xC000, null)]
    public async Task Failure_of_the_peer_is_a_response(int status, string? comment)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Status = _ => status, ErrorComment = comment });
        await using var client = Client(peer);
        var response = await StoreAsync(client, 1);
        Assert.Equal((status, comment), (response.Status.Code, response.ErrorComment));
    }

    [Fact]
    public async Task Client_that_is_given_up_aborts()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour());
        var client = Client(peer);
        await StoreAsync(client, 1);
        await client.DisposeAsync();
        await client.DisposeAsync();
        await Eventually.HoldsAsync(() => peer.AbortsSeen == 1);
        Assert.Equal(0, peer.ReleasesSeen);
        await Client(peer).DisposeAsync();
        await Client(peer).CloseAsync();
        Assert.Equal(1, peer.Associations);
    }
}
