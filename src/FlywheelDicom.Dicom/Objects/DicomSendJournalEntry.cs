namespace FlywheelDicom;

/// <summary>What else a line of a journal says.</summary>
[Flags]
public enum DicomSendJournalNote
{
    /// <summary>Nothing else.</summary>
    None = 0,

    /// <summary>
    /// The whole data set of an earlier try had left and its answer was lost. With status 0111 it means that the archive has, most
    /// likely, what that try stored; without it, 0111 speaks of an instance that somebody else may have stored.
    /// </summary>
    AnswerLost = 1,

    /// <summary>Another instance of the same run had this UID; what was stored of that one before still counts.</summary>
    SameUid = 2,
}

/// <summary>One line of a journal: what became of one instance, and when.</summary>
public sealed record DicomSendJournalEntry
{
    /// <summary>UTC.</summary>
    public required DateTime Time { get; init; }

    /// <summary>Called AE title, host and port.</summary>
    public required string Destination { get; init; }

    /// <summary>(0008,0016) of the instance.</summary>
    public required string SopClassUid { get; init; }

    /// <summary>(0008,0018) of the instance.</summary>
    public required string SopInstanceUid { get; init; }

    /// <summary>SHA-256 of the data set as it was to be sent, in hex; empty where these bytes are not known to be stored.</summary>
    public required string Digest { get; init; }

    /// <summary>Bytes of the data set that were sent.</summary>
    public required long Bytes { get; init; }

    /// <summary>How sending it ended.</summary>
    public required DicomSendStatus Status { get; init; }

    /// <summary>The peer's answer; null where there was none.</summary>
    public ushort? DicomStatus { get; init; }

    /// <summary>None in a line that an earlier version wrote.</summary>
    public DicomSendJournalNote Note { get; init; }

    /// <summary>SOP Instance UID and status.</summary>
    public override string ToString() => $"{SopInstanceUid}: {Status}";
}
