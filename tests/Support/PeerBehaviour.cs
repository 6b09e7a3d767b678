namespace FlywheelDicom.TestSupport;

/// <summary>What a <see cref="ScriptedPeer"/> does with a C-STORE.</summary>
public sealed record PeerBehaviour
{
    public uint MaxPduLength { get; init; } = 16384;

    /// <summary>Which transfer syntax of a context is taken; null refuses the context with this result.</summary>
    public Func<string, string[], string?> Choose { get; init; } = (_, offered) => offered[0];
    public byte RefusedContextResult { get; init; } = 3;

    /// <summary>Answers the n-th association request (from 1) with this A-ASSOCIATE-RJ; null accepts.</summary>
    public Func<int, byte[]?> Reject { get; init; } = _ => null;

    /// <summary>Status of the n-th C-STORE (from 1); null is silence, a negative number an abort, int.MinValue a reset.</summary>
    public Func<int, int?> Status { get; init; } = _ => 0;

    public string? ErrorComment { get; init; }

    /// <summary>Said in place of the answer to the association request.</summary>
    public byte[]? Garbage { get; init; }

    /// <summary>What it does in place of an answer to the n-th C-STORE, which is the k-th of its association; null: see <see cref="Status"/>.</summary>
    public Func<int, int, PeerReaction?> React { get; init; } = (_, _) => null;

    /// <summary>What it does in place of an answer to the instance with this UID, each time.</summary>
    public Func<string, PeerReaction?> Poison { get; init; } = _ => null;

    /// <summary>What it does when the command of the n-th C-STORE that was begun is there and its data set not yet.</summary>
    public Func<int, PeerReaction?> Interrupt { get; init; } = _ => null;

    /// <summary>The same for the instance with this UID, each time.</summary>
    public Func<string, PeerReaction?> InterruptAt { get; init; } = _ => null;

    /// <summary>Rejects, as congested, whoever comes while so many associations are open.</summary>
    public int MaxOpen { get; init; } = int.MaxValue;

    /// <summary>Closes the connection of a caller that says nothing for so long.</summary>
    public TimeSpan IdleLimit { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Never answers the n-th association request.</summary>
    public Func<int, bool> Ignore { get; init; } = _ => false;

    /// <summary>What the acceptor allows of the operations window; null says nothing of it.</summary>
    public int? MaxOperations { get; init; }

    /// <summary>How it answers a request for storage commitment: which instances failed, and why. Null: no such service.</summary>
    public Func<string, int?>? Commitment { get; init; }

    /// <summary>How long it takes over each C-STORE, one after the other.</summary>
    public TimeSpan AnswersAfter { get; init; }

    /// <summary>Says, with the answer to the association request, that the first message is stored.</summary>
    public bool AnswersBeforeAsked { get; init; }

    /// <summary>How the answer to the association request comes; null: as it should.</summary>
    public PeerReaction? OnAssociate { get; init; }

    /// <summary>What it does in place of an answer to a request other than C-STORE, by its command field.</summary>
    public Func<int, PeerReaction?> OnService { get; init; } = _ => null;

    /// <summary>What it does in place of an answer to A-RELEASE-RQ.</summary>
    public PeerReaction? OnRelease { get; init; }

    /// <summary>The instances that a C-FIND finds.</summary>
    public IReadOnlyList<string> Matches { get; init; } = [];
}
