namespace FlywheelDicom;

/// <summary>How sending one instance ended.</summary>
public enum DicomSendStatus
{
    /// <summary>The peer stored it.</summary>
    Sent,

    /// <summary>The peer stored it and has something to say of it.</summary>
    Warning,

    /// <summary>It is there already, by an earlier run.</summary>
    Skipped,

    /// <summary>It is not there, as far as we know.</summary>
    Failed,
}

/// <summary>What an archive says of an instance that it was sent.</summary>
public enum DicomProof
{
    /// <summary>It has committed itself to keep it (PS3.4 Annex J).</summary>
    Committed,

    /// <summary>It has refused to.</summary>
    NotCommitted,

    /// <summary>A query finds it.</summary>
    Found,

    /// <summary>A query does not find it.</summary>
    NotFound,

    /// <summary>It did not answer, or not for this instance.</summary>
    NotAnswered,
}

/// <summary>What became of one instance: there is one of these for each that entered.</summary>
public sealed record DicomSendResult
{
    public required string Name { get; init; }
    public required DicomOrigin Origin { get; init; }
    public string? SopClassUid { get; init; }
    public string? SopInstanceUid { get; init; }
    public string? StudyInstanceUid { get; init; }
    public string? SeriesInstanceUid { get; init; }
    public required DicomSendStatus Status { get; init; }

    /// <summary>What the archive said when it was asked for the instance afterwards; null where it was not asked.</summary>
    public DicomProof? Proof { get; init; }

    /// <summary>The peer's answer; null where there was none.</summary>
    public DicomStatus? DicomStatus { get; init; }

    /// <summary>The syntax that it was sent in; null where nothing was sent.</summary>
    public string? TransferSyntaxUid { get; init; }

    /// <summary>How often it was tried; more than one means that an earlier try's outcome may have been unknown.</summary>
    public int Attempts { get; init; }

    /// <summary>Bytes of the data set that were sent in the attempt that counts.</summary>
    public long Bytes { get; init; }

    /// <summary>From the first try to the last answer, waits included.</summary>
    public TimeSpan Duration { get; init; }
    public required DicomDestination Destination { get; init; }

    /// <summary>Why it failed, was skipped or has a warning.</summary>
    public string? Reason { get; init; }

    /// <summary>What the peer said of it: (0000,0902), with the elements of (0000,0901).</summary>
    public string? ErrorComment { get; init; }

    /// <summary>The instance is stored, but the journal could not take that down.</summary>
    public const string JournalNotWritten = "JournalNotWritten";

    /// <summary>A stable id of what went wrong; null where nothing did.</summary>
    public string? ErrorId { get; init; }

    /// <summary>Sent, Warning and Skipped count as sent in a report.</summary>
    public bool IsStored => Status != DicomSendStatus.Failed;

    public override string ToString() => $"{Name}: {Status}{(Reason is null ? "" : $" ({Reason})")}";
}
