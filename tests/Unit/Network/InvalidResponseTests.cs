using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace FlywheelDicom.Unit.Network;

/// <summary>A success counts only if it answers this message, whole, and all of it had left (PS3.7 §9.1.1, §9.3.1.2).</summary>
public class InvalidResponseTests
{
    private static readonly TimeSpan s_longBeforeAnyTimer = TimeSpan.FromSeconds(50);

    private static readonly PeerReaction[] s_wrong =
    [
        PeerReaction.NoStatus, PeerReaction.EmptyStatus, PeerReaction.OneByteStatus, PeerReaction.FourByteStatus, PeerReaction.TwoStatuses,
        PeerReaction.NoMessageId, PeerReaction.NoCommandField, PeerReaction.NoDatasetType, PeerReaction.EchoAnswer, PeerReaction.FindAnswer,
        PeerReaction.AnswerAnother, PeerReaction.AnotherContext, PeerReaction.AnotherClass, PeerReaction.AnotherInstance, PeerReaction.WithDataset,
        PeerReaction.UnknownPdu, PeerReaction.TornPdv, PeerReaction.OverlongPdu,
    ];

    public static TheoryData<PeerReaction, int> Wrong => Each(s_wrong);

    public static TheoryData<PeerReaction, int> Early => Each([PeerReaction.Answer, PeerReaction.AnswerAndReset, PeerReaction.AnswerAndAbort]);

    public static TheoryData<PeerReaction, int> Endless => Each(InvalidResponses.Endless);

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Answer_that_is_not_for_this_message_is_a_protocol_error(PeerReaction reaction, int window)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { MaxOperations = window, React = (n, _) => n == 1 ? reaction : null });
        await using var client = Client(peer, window);
        var e = await Assert.ThrowsAsync<DicomNetworkException>(() => StoreAsync(client, 1));
        Assert.Equal((DicomNetworkError.ProtocolError, RetryAdvice.BackOff, true), (e.Error, e.Retry, e.WasDatasetSent));
        Assert.Equal(DicomStatus.Success, (await StoreAsync(client, 2)).Status);
        await Eventually.HoldsAsync(() => peer.AbortsSeen == 1);
        Assert.Equal(2, peer.Associations);
    }

    [Theory]
    [MemberData(nameof(Early))]
    public async Task Success_before_the_last_fragment_is_none(PeerReaction reaction, int window)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { MaxOperations = window, Interrupt = n => n == 1 ? reaction : null });
        await using var client = Client(peer, window);
        var e = await Assert.ThrowsAnyAsync<DicomNetworkException>(() => StoreAsync(client, 1, rows: 1600));
        Assert.Equal((RetryAdvice.BackOff, false), (e.Retry, e.WasDatasetSent));
        Assert.DoesNotContain(Uid(1), peer.Whole);
        Assert.Equal(DicomStatus.Success, (await StoreAsync(client, 2)).Status);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Success_before_anything_was_asked_is_none(int window)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { MaxOperations = window, AnswersBeforeAsked = true });
        await using var client = Client(peer, window);
        await Assert.ThrowsAsync<DicomNetworkException>(() => StoreAsync(client, 1));
        peer.Behaviour = new PeerBehaviour();
        Assert.Equal(DicomStatus.Success, (await StoreAsync(client, 1)).Status);
        Assert.Contains(Uid(1), peer.Whole);
    }

    [Theory]
    [InlineData(PeerReaction.AnswerTwice)]
    [InlineData(PeerReaction.AnswerAhead)]
    [InlineData(PeerReaction.UnannouncedDataset)]
    public async Task What_comes_after_the_right_answer_answers_nothing(PeerReaction reaction)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { React = (n, _) => n == 1 ? reaction : null });
        await using var client = Client(peer, 1);
        Assert.Equal(DicomStatus.Success, (await StoreAsync(client, 1)).Status);
        var stored = 0;
        for (var number = 2; number <= 4; number++)
            stored += await IsStoredAsync(client, number) ? 1 : 0;
        Assert.True(stored >= 2);
        Assert.True(peer.Whole.Count >= 1 + stored);
        Assert.Equal(2, peer.Associations);
    }

    /// <summary>Full archives answer when they see the command, and abort: their reason is worth more than the loss.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Refusal_before_the_last_fragment_is_told(int window)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { MaxOperations = window, ErrorComment = "disk full", Interrupt = n => n == 1 ? PeerReaction.RefuseAndAbort : null });
        await using var client = Client(peer, window);
        var response = await StoreAsync(client, 1, rows: 1600);
        Assert.Equal((DicomStatus.OutOfResources, "disk full"), (response.Status, response.ErrorComment));
        Assert.Equal(DicomStatus.Success, (await StoreAsync(client, 2)).Status);
    }

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task Nothing_that_a_peer_says_holds_a_message_beyond_its_time(PeerReaction reaction, int window)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { MaxOperations = window, React = (_, _) => reaction });
        var time = new FakeTimeProvider();
        await using var client = new DicomClient(At(peer), new DicomClientOptions { ResponseTimeout = TimeSpan.FromSeconds(1), MaxOperations = window, Time = time });
        var store = StoreAsync(client, 1);
        await Eventually.HoldsAsync(() => peer.Stores == 1);
        await time.RunOutAsync(store);
        var e = await Assert.ThrowsAsync<DicomNetworkException>(() => store);
        Assert.True(e.WasDatasetSent);
        Assert.Equal(RetryAdvice.BackOff, e.Retry);
    }

    [Fact]
    public async Task Answers_that_had_come_before_a_write_failed_are_used()
    {
        const int window = 8;
        using var peer = new ScriptedPeer(new PeerBehaviour
        {
            MaxOperations = window, React = (n, _) => n < 4 ? PeerReaction.Hold : null, Interrupt = n => n == 4 ? PeerReaction.SayHeldAndReset : null,
        });
        await using var client = Client(peer, window);
        var stores = new List<Task<DicomResponse>>();
        for (var number = 1; number < 4; number++)
        {
            stores.Add(StoreAsync(client, number));
            await Eventually.HoldsAsync(() => peer.Stores == number);
        }
        var last = await Assert.ThrowsAsync<DicomNetworkException>(() => StoreAsync(client, 4, rows: 1600));
        Assert.False(last.WasDatasetSent);
        foreach (var store in stores)
            Assert.Equal(DicomStatus.Success, (await store.WaitAsync(s_longBeforeAnyTimer)).Status);
    }

    [Fact]
    public async Task Each_message_of_a_lost_association_knows_whether_it_had_left()
    {
        const int window = 8;
        using var peer = new ScriptedPeer(new PeerBehaviour
        {
            MaxOperations = window, React = (_, _) => PeerReaction.Silence, Interrupt = n => n == 3 ? PeerReaction.Reset : null,
        });
        await using var client = Client(peer, window);
        var stores = new List<Task<DicomResponse>>();
        for (var number = 1; number < 3; number++)
        {
            stores.Add(StoreAsync(client, number));
            await Eventually.HoldsAsync(() => peer.Stores == number);
        }
        stores.Add(StoreAsync(client, 3, rows: 1600));
        var failures = new List<DicomNetworkException>();
        foreach (var store in stores)
            failures.Add(await Assert.ThrowsAnyAsync<DicomNetworkException>(() => store.WaitAsync(s_longBeforeAnyTimer)));
        Assert.Equal([true, true, false], failures.Select(f => f.WasDatasetSent));
        Assert.Equal(3, failures.Distinct().Count());
        Assert.All(failures, f => Assert.Equal(3, f.InFlight));
    }

    [Fact]
    public async Task Window_comes_back_after_a_loss_that_was_healed()
    {
        const int window = 4;
        using var peer = new ScriptedPeer(new PeerBehaviour { MaxOperations = window, React = (n, _) => n < 4 ? PeerReaction.Silence : n == 4 ? PeerReaction.Abort : null });
        await using var client = Client(peer, window);
        var lost = Enumerable.Range(1, window).Select(number => StoreAsync(client, number)).ToList();
        foreach (var store in lost)
            await Assert.ThrowsAnyAsync<DicomNetworkException>(() => store.WaitAsync(s_longBeforeAnyTimer));
        await StoreAsync(client, 1);
        Assert.Equal(1, client.Window);
        for (var number = 2; number <= window + 1; number++)
            await StoreAsync(client, number);
        Assert.Equal(window, client.Window);
    }

    /// <summary>An archive that works off one after the other is slow for the last of them, and not dead.</summary>
    [Fact]
    public async Task Answers_to_others_show_that_a_peer_is_at_work()
    {
        const int window = 4;
        using var work = new SemaphoreSlim(0);
        var time = new FakeTimeProvider();
        using var peer = new ScriptedPeer(new PeerBehaviour
        {
            MaxOperations = window,
            Status = _ =>
            {
                Assert.True(work.Wait(s_longBeforeAnyTimer));
                return 0;
            },
        });
        await using var client = new DicomClient(At(peer), Timers.ShortMessage with { MaxOperations = window, Time = time });
        var stores = Enumerable.Range(1, window).Select(number => StoreAsync(client, number)).ToList();
        foreach (var _ in stores.ToList())
        {
            work.Release();
            var answered = await Task.WhenAny(stores);
            Assert.Equal(DicomStatus.Success, (await answered).Status);
            stores.Remove(answered);
            // Each takes less than the time-out, and all of them more.
            time.Advance(TimeSpan.FromMilliseconds(600));
        }
    }

    [Theory]
    [InlineData(PeerReaction.EmptyPdus)]
    [InlineData(PeerReaction.Drip)]
    [InlineData(PeerReaction.Stall)]
    [InlineData(PeerReaction.UnknownPdu)]
    [InlineData(PeerReaction.Release)]
    [InlineData(PeerReaction.Abort)]
    [InlineData(PeerReaction.Close)]
    public async Task Release_ends_in_time_whatever_is_said_to_it(PeerReaction reaction)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { OnRelease = reaction });
        var time = new FakeTimeProvider();
        await using var client = new DicomClient(At(peer), Timers.ShortAssociation with { Time = time });
        Assert.Equal(DicomStatus.Success, (await StoreAsync(client, 1)).Status);
        var close = client.CloseAsync();
        await Eventually.HoldsAsync(() => peer.ReleasesSeen == 1);
        await time.RunOutAsync(close);
        await close;
    }

    [Theory]
    [InlineData(PeerReaction.Drip)]
    [InlineData(PeerReaction.EmptyPdus)]
    [InlineData(PeerReaction.Stall)]
    public async Task Negotiation_ends_in_time(PeerReaction reaction)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { OnAssociate = reaction });
        var time = new FakeTimeProvider();
        await using var client = new DicomClient(At(peer), Timers.ShortAssociation with { Time = time });
        var store = StoreAsync(client, 1);
        await Eventually.HoldsAsync(() => peer.Requests == 1);
        await time.RunOutAsync(store);
        var e = await Assert.ThrowsAsync<DicomNetworkException>(() => store);
        Assert.True(e.IsNegotiation);
        Assert.False(e.WasDatasetSent);
    }

    private static TheoryData<PeerReaction, int> Each(IEnumerable<PeerReaction> reactions)
    {
        var data = new TheoryData<PeerReaction, int>();
        foreach (var reaction in reactions)
        {
            data.Add(reaction, 1);
            data.Add(reaction, 8);
        }
        return data;
    }

    private static DicomDestination At(ScriptedPeer peer) => new() { Host = "127.0.0.1", Port = peer.Port, CalledAE = "PEER" };

    private static DicomClient Client(ScriptedPeer peer, int window) => new(At(peer), new DicomClientOptions { MaxOperations = window });

    private static string Uid(int number) => new SyntheticInstance { Number = number }.SopInstance;

    private static Task<DicomResponse> StoreAsync(DicomClient client, int number, int rows = 16)
        => client.StoreAsync(MemorySource.Read(new SyntheticInstance { Number = number, Rows = rows, Columns = rows }.ToArray())!).WaitAsync(s_longBeforeAnyTimer);

    private static async Task<bool> IsStoredAsync(DicomClient client, int number)
    {
        try
        {
            return (await StoreAsync(client, number)).Status.State != DicomState.Failure;
        }
        catch (DicomNetworkException)
        {
            return false;
        }
    }
}
