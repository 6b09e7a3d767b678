namespace FlywheelDicom.TestSupport;

/// <summary>A scripted peer for long runs: each answer may be one of the faults that heal, and what is stored is a bit each.</summary>
public sealed class RandomFaults : IDisposable
{
    private static readonly PeerReaction[] s_faults =
    [
        PeerReaction.Abort, PeerReaction.Reset, PeerReaction.Close, PeerReaction.StoreAndReset, PeerReaction.AnswerAnother, PeerReaction.UnknownPdu,
        PeerReaction.TornPdv, PeerReaction.OverlongPdu, PeerReaction.CutPdu, PeerReaction.Release,
    ];

    private readonly Random _random;
    private readonly double _rate;

    /// <param name="rate">The share of answers that are a fault.</param>
    /// <param name="seed">The same seed makes the same faults.</param>
    public RandomFaults(double rate, int seed)
    {
        (_rate, _random) = (rate, new Random(seed));
        Peer = new ScriptedPeer(new PeerBehaviour { MaxPduLength = 131072, React = (_, _) => Next() }) { RemembersDatasets = false, RemembersNumbersOnly = true };
    }

    public ScriptedPeer Peer { get; }

    /// <summary>Faults so far.</summary>
    public int Count { get; private set; }

    public void Dispose() => Peer.Dispose();

    private PeerReaction? Next()
    {
        lock (_random)
        {
            if (_random.NextDouble() >= _rate)
                return null;
            Count++;
            return s_faults[_random.Next(s_faults.Length)];
        }
    }
}
