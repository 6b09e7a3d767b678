namespace FlywheelDicom.TestSupport;

/// <summary>A scripted peer for long runs: each answer may be one of the faults that heal, and what is stored is a bit each.</summary>
public static class RandomFaults
{
    private static readonly PeerReaction[] s_faults =
    [
        PeerReaction.Abort, PeerReaction.Reset, PeerReaction.Close, PeerReaction.StoreAndReset, PeerReaction.AnswerAnother, PeerReaction.UnknownPdu,
        PeerReaction.TornPdv, PeerReaction.OverlongPdu, PeerReaction.CutPdu, PeerReaction.Release,
    ];

    /// <param name="rate">The share of answers that are a fault.</param>
    /// <param name="seed">The same seed makes the same faults.</param>
    public static RandomFaultsPeer Start(double rate, int seed)
    {
        var random = new Random(seed);
        var faults = 0;
        PeerReaction? React(int number, int inAssociation)
        {
            lock (random)
            {
                if (random.NextDouble() >= rate)
                    return null;
                faults++;
                return s_faults[random.Next(s_faults.Length)];
            }
        }
        var peer = new ScriptedPeer(new PeerBehaviour { MaxPduLength = 131072, React = React }) { RemembersDatasets = false, RemembersNumbersOnly = true };
        return new RandomFaultsPeer(peer, () => Volatile.Read(ref faults));
    }
}

/// <summary>The peer and its counts.</summary>
public sealed class RandomFaultsPeer(ScriptedPeer peer, Func<int> faults) : IDisposable
{
    public int Port => peer.Port;
    public int DistinctStored => peer.DistinctStored;
    public int Stores => peer.Stores;
    public int Associations => peer.Associations;
    public int Faults => faults();

    public void Dispose() => peer.Dispose();
}
