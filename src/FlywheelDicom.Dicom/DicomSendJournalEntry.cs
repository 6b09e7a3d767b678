namespace FlywheelDicom;

/// <summary>One line of a journal: what became of one instance, and when.</summary>
public sealed record DicomSendJournalEntry
{
    /// <summary>UTC.</summary>
    public required DateTime Time { get; init; }

    /// <summary>Called AE title, host and port.</summary>
    public required string Destination { get; init; }
    public required string SopClassUid { get; init; }
    public required string SopInstanceUid { get; init; }

    /// <summary>SHA-256 of the data set as it was to be sent, in hex; empty where nothing was stored.</summary>
    public required string Digest { get; init; }

    /// <summary>Bytes of the data set that were sent.</summary>
    public required long Bytes { get; init; }
    public required DicomSendStatus Status { get; init; }

    /// <summary>The peer's answer; null where there was none.</summary>
    public ushort? DicomStatus { get; init; }

    public override string ToString() => $"{SopInstanceUid}: {Status}";
}
