namespace FlywheelDicom.TestSupport;

/// <summary>What a peer does instead of answering.</summary>
public enum PeerReaction
{
    Silence,
    Abort,
    Reset,
    Close,

    /// <summary>The instance is stored, and the connection reset before that is said.</summary>
    StoreAndReset,

    /// <summary>A response with another message's number.</summary>
    AnswerAnother,

    /// <summary>A PDU of a type that does not exist.</summary>
    UnknownPdu,

    /// <summary>A P-DATA-TF whose PDV is longer than the PDU.</summary>
    TornPdv,

    /// <summary>A P-DATA-TF that announces 2 GB.</summary>
    OverlongPdu,

    /// <summary>A P-DATA-TF that announces more than comes before the connection ends.</summary>
    CutPdu,
    Release,

    /// <summary>Reads no more, and leaves the connection open.</summary>
    Stall,

    /// <summary>The right answer, a byte at a time, too slow for any time-out.</summary>
    Drip,

    /// <summary>The right answer, a byte at a time, just fast enough.</summary>
    Trickle,

    /// <summary>Success, as it should be. As an interruption: before the last fragment was there; the rest is read and not answered again.</summary>
    Answer,

    /// <summary>Success, and the connection is reset.</summary>
    AnswerAndReset,

    /// <summary>Success, and A-ABORT.</summary>
    AnswerAndAbort,

    /// <summary>Out of resources (A700), and A-ABORT.</summary>
    RefuseAndAbort,

    /// <summary>"Already there" (0111).</summary>
    AlreadyThere,
    NoStatus,
    EmptyStatus,
    OneByteStatus,
    FourByteStatus,

    /// <summary>A success and a failure in one response.</summary>
    TwoStatuses,
    NoMessageId,
    NoCommandField,

    /// <summary>No (0000,0800).</summary>
    NoDatasetType,

    /// <summary>C-ECHO-RSP.</summary>
    EchoAnswer,

    /// <summary>C-FIND-RSP.</summary>
    FindAnswer,
    AnotherContext,
    AnotherClass,
    AnotherInstance,

    /// <summary>A success that says that a data set follows, and the data set.</summary>
    WithDataset,

    /// <summary>A success that says that no data set follows, and a data set.</summary>
    UnannouncedDataset,

    /// <summary>The right answer twice.</summary>
    AnswerTwice,

    /// <summary>The right answer, and one for the message that will come next.</summary>
    AnswerAhead,

    /// <summary>Stored, and the answer is kept until <see cref="SayHeldAndReset"/> or <see cref="SayHeldAndAbort"/>.</summary>
    Hold,

    /// <summary>All answers that were held, and the connection is reset.</summary>
    SayHeldAndReset,

    /// <summary>All answers that were held, and A-ABORT.</summary>
    SayHeldAndAbort,

    /// <summary>P-DATA-TF without a PDV, without end.</summary>
    EmptyPdus,

    /// <summary>PDVs without data, without end.</summary>
    EmptyPdvs,

    /// <summary>C-ECHO-RQ, without end.</summary>
    EndlessRequests,

    /// <summary>Success, and then C-ECHO-RQ without end.</summary>
    AnswerAndRequestWithoutEnd,

    /// <summary>The same match of a C-FIND, without end.</summary>
    EndlessMatches,

    /// <summary>A700, and then it reads no more and says no more.</summary>
    RefuseAndStall,

    /// <summary>Another match each time, without end.</summary>
    EndlessNewMatches,
}
