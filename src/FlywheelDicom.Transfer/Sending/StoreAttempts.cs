namespace FlywheelDicom.Transfer.Sending;

/// <summary>The tries of one instance.</summary>
internal sealed class StoreAttempts
{
    public int Count { get; set; }

    /// <summary>What is tried, for what is told of it; null where nobody asks.</summary>
    public DicomFile? File { get; init; }

    /// <summary>How often the peer aborted, or sent an invalid message, while this was the only instance in transit.</summary>
    public int Refusals { get; set; }

    /// <summary>Answers after which exactly one more try is made.</summary>
    public int SecondTries { get; set; }

    /// <summary>Another association can take the instance: a rejected one is not waited for.</summary>
    public bool MayReturn { get; init; }

    /// <summary>The timestamp at which the last try ended; before that, at which the first one began.</summary>
    public long LastTry { get; set; }

    /// <summary>The timestamp after which there is no further try; set by the first failure.</summary>
    public long? Deadline { get; set; }

    /// <summary>The whole data set of an earlier try had left and its answer was lost: the archive may have stored it.</summary>
    public bool WasAnswerLost { get; private set; }

    public void Note(Exception? failure) => WasAnswerLost |= failure is DicomNetworkException { WasDatasetSent: true };
}
