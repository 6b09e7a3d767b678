namespace FlywheelDicom.TestSupport;

/// <summary>Responses that do not confirm anything, for tests that try each of them.</summary>
public static class InvalidResponses
{
    /// <summary>What takes the place of an answer to a whole message; each ends at once.</summary>
    public static IReadOnlyList<PeerReaction> All { get; } =
    [
        PeerReaction.NoStatus, PeerReaction.EmptyStatus, PeerReaction.OneByteStatus, PeerReaction.FourByteStatus, PeerReaction.TwoStatuses,
        PeerReaction.NoMessageId, PeerReaction.NoCommandField, PeerReaction.NoDatasetType, PeerReaction.EchoAnswer, PeerReaction.FindAnswer,
        PeerReaction.AnswerAnother, PeerReaction.AnotherContext, PeerReaction.AnotherClass, PeerReaction.AnotherInstance, PeerReaction.WithDataset,
        PeerReaction.UnknownPdu, PeerReaction.TornPdv, PeerReaction.OverlongPdu, PeerReaction.CutPdu, PeerReaction.Release,
        PeerReaction.Abort, PeerReaction.Reset, PeerReaction.Close, PeerReaction.StoreAndReset, PeerReaction.RefuseAndAbort,
    ];

    /// <summary>What comes before the last fragment, so that the instance is never there; each ends at once.</summary>
    public static IReadOnlyList<PeerReaction> Interruptions { get; } =
    [
        PeerReaction.AnswerAndReset, PeerReaction.AnswerAndAbort, PeerReaction.RefuseAndAbort, PeerReaction.SayHeldAndReset, PeerReaction.SayHeldAndAbort,
        PeerReaction.Abort, PeerReaction.Reset, PeerReaction.Close,
    ];

    /// <summary>What goes on until the caller's time-out.</summary>
    public static IReadOnlyList<PeerReaction> Endless { get; } =
        [PeerReaction.Silence, PeerReaction.Stall, PeerReaction.Drip, PeerReaction.EmptyPdus, PeerReaction.EmptyPdvs, PeerReaction.EndlessRequests];
}
