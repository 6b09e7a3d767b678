namespace FlywheelDicom;

/// <summary>One line of a journal: how sending one instance ended, and when.</summary>
public sealed record DicomSendJournalEntry
{
    /// <summary>When it ended, in UTC.</summary>
    public required DateTime Time { get; init; }

    /// <summary>Called AE title, host and port.</summary>
    public required string Destination { get; init; }

    /// <summary>(0008,0016) of the instance.</summary>
    public required string SopClassUid { get; init; }

    /// <summary>(0008,0018) of the instance.</summary>
    public required string SopInstanceUid { get; init; }

    /// <summary>SHA-256 of the data set as it was to be sent, in hexadecimal; empty where it is not known that these bytes are stored.</summary>
    public required string Digest { get; init; }

    /// <summary>Bytes of the data set that were sent.</summary>
    public required long Bytes { get; init; }

    /// <summary>How sending it ended.</summary>
    public required DicomSendStatus Status { get; init; }

    /// <summary>The status in the peer's response; null where there was none.</summary>
    public ushort? DicomStatus { get; init; }

    /// <summary>Notes. <see cref="DicomSendJournalNote.None"/> in a line that an earlier version wrote.</summary>
    public DicomSendJournalNote Note { get; init; }

    /// <summary>SOP Instance UID and status.</summary>
    public override string ToString() => $"{SopInstanceUid}: {Status}";
}
