using System.Collections.Concurrent;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.Network;

/// <summary>Whatever sequence of careless answers is drawn: what is told as stored, the peer has.</summary>
public class RandomAnswerTests
{
    private const int Instances = 1500;
    private const int Lanes = 5;

    [Theory]
    [InlineData(1, 20260)]
    [InlineData(1, 7)]
    [InlineData(4, 20261)]
    [InlineData(4, 11)]
    public async Task Nothing_is_stored_that_the_peer_does_not_have(int window, int seed)
    {
        // An answer to a message that the peer has not seen can be told from a true one only where one is under way.
        PeerReaction[] answers = [.. InvalidResponses.All, PeerReaction.AnswerTwice, PeerReaction.UnannouncedDataset, PeerReaction.AnswerAndReset, PeerReaction.AnswerAndAbort,
            PeerReaction.AlreadyThere, .. window == 1 ? [PeerReaction.AnswerAhead] : Array.Empty<PeerReaction>()];
        PeerReaction[] interruptions = [.. InvalidResponses.Interruptions, PeerReaction.Answer];
        using var peer = new ScriptedPeer(new PeerBehaviour
        {
            MaxOperations = window,
            Poison = uid => Draw(uid, seed, 2) is var draw && draw % 2 == 0 ? answers[draw / 2 % answers.Length] : null,
            InterruptAt = uid => IsLarge(uid, seed) ? interruptions[Draw(uid, seed, 3) % interruptions.Length] : null,
        }) { RemembersDatasets = false };
        await using var client = new DicomClient(
            new DicomDestination { Host = "127.0.0.1", Port = peer.Port, CalledAE = "PEER" }, Timers.ShortMessage with { MaxOperations = window });
        var told = new ConcurrentBag<string>();
        var lost = 0;
        var next = 0;
        async Task FeedAsync()
        {
            while (Interlocked.Increment(ref next) is var number && number <= Instances)
            {
                var uid = new SyntheticInstance { Number = number }.SopInstance;
                var size = IsLarge(uid, seed) ? 600 : 4;
                try
                {
                    var response = await client.StoreAsync(MemorySource.Read(new SyntheticInstance { Number = number, Rows = size, Columns = size }.ToArray())!);
                    if (response.Status.State != DicomState.Failure)
                        told.Add(uid);
                }
                catch (DicomNetworkException)
                {
                    Interlocked.Increment(ref lost);
                }
            }
        }
        await Task.WhenAll(Enumerable.Range(0, window == 1 ? 1 : Lanes).Select(_ => Task.Run(FeedAsync))).WaitAsync(TimeSpan.FromMinutes(4));
        var whole = peer.Whole;
        Assert.All(told, uid => Assert.Contains(uid, whole));
        Assert.InRange(told.Count, Instances / 10, Instances);
        Assert.InRange(lost, Instances / 10, Instances);
    }

    private static bool IsLarge(string uid, int seed) => Draw(uid, seed, 1) % 25 == 0;

    private static int Draw(string uid, int seed, int purpose)
    {
        var number = int.Parse(uid.AsSpan(uid.LastIndexOf('.') + 1), System.Globalization.CultureInfo.InvariantCulture);
        return new Random(unchecked((seed * 31 + number) * 31 + purpose)).Next();
    }
}
