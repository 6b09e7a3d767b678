namespace FlywheelDicom.Transfer.Sending;

/// <summary>One instance's way through its attempts.</summary>
internal sealed class StoreAttempts
{
    public int Count { get; set; }

    /// <summary>Times the peer aborted, or answered with what is no DICOM, while this instance alone was under way.</summary>
    public int Refusals { get; set; }

    /// <summary>Answers that are worth one more try, and no more than one.</summary>
    public int SecondTries { get; set; }

    /// <summary>Another association can take it: no waiting for this one to be let in again.</summary>
    public bool MayReturn { get; init; }

    /// <summary>The timestamp at which the last try ended; before that, at which the first began.</summary>
    public long LastTry { get; set; }

    /// <summary>The timestamp at which trying on stops to be worth it; set by the first failure.</summary>
    public long? Deadline { get; set; }

    /// <summary>The whole data set of an earlier try had left and its answer was lost: the archive may have stored it.</summary>
    public bool WasAnswerLost { get; private set; }

    public void Note(Exception? failure) => WasAnswerLost |= failure is DicomNetworkException { WasDatasetSent: true };
}
