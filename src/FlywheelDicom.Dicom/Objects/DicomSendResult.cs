namespace FlywheelDicom;

/// <summary>How sending one instance ended.</summary>
public enum DicomSendStatus
{
    /// <summary>The archive answered 0000 to this very message, after its whole data set had left.</summary>
    Sent,

    /// <summary>
    /// The archive answered with a warning status; or with 0111: it says that it already has an instance of this UID, and whether it
    /// is the same was not shown.
    /// </summary>
    Warning,

    /// <summary>The journal has an answer of an earlier run for the same bytes.</summary>
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
    /// <summary>The file, or the entry's path inside its archive.</summary>
    public required string Name { get; init; }

    /// <summary>Where the instance came from.</summary>
    public required DicomOrigin Origin { get; init; }

    /// <summary>(0008,0016); null where the header has none.</summary>
    public string? SopClassUid { get; init; }

    /// <summary>(0008,0018); null where the header has none.</summary>
    public string? SopInstanceUid { get; init; }

    /// <summary>(0020,000D); null where the header has none.</summary>
    public string? StudyInstanceUid { get; init; }

    /// <summary>(0020,000E); null where the header has none.</summary>
    public string? SeriesInstanceUid { get; init; }

    /// <summary>How it ended.</summary>
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

    /// <summary>Where it was sent to.</summary>
    public required DicomDestination Destination { get; init; }

    /// <summary>Why it failed, was skipped or has a warning.</summary>
    public string? Reason { get; init; }

    /// <summary>What the peer said of it: (0000,0902), with the elements of (0000,0901).</summary>
    public string? ErrorComment { get; init; }

    /// <summary>
    /// An instance that was stored earlier in this run with the same SOP Instance UID: an archive keeps one of them at most, so a count
    /// of different images leaves this one out. Null where there was none.
    /// </summary>
    public string? SameUidAs { get; init; }

    /// <summary>
    /// Whether its content is another than that of <see cref="SameUidAs"/>. Null where that is not known: lengths are equal, and
    /// only with a journal are digests made.
    /// </summary>
    public bool? HasOtherContent { get; init; }

    /// <summary>The instance is stored, but the journal could not take that down.</summary>
    internal const string JournalNotWritten = "JournalNotWritten";

    /// <summary>Something that was not foreseen went wrong with this instance.</summary>
    internal const string SendingFailed = "DicomSendingFailed";

    /// <summary>What stands in the place of a result, but is none.</summary>
    public const string NotAResult = "InputNotSendResult";

    /// <summary>How the reason begins of an instance that was not tried, since the destination is of no use for now.</summary>
    internal const string NotTried = "Not tried: ";

    /// <summary>The run that it came from; null where it came from none.</summary>
    public DicomSendRun? Run { get; init; }

    /// <summary>A stable id of what went wrong; null where nothing did.</summary>
    public string? ErrorId { get; init; }

    /// <summary>Sent, Warning and Skipped count as sent in a report.</summary>
    public bool IsStored => Status != DicomSendStatus.Failed;

    /// <summary>Its name, with that of the archive where it came from one.</summary>
    public string FullName => Name == Origin.LocalPath || Name == Origin.FileName ? Name : $"{Name} in {Origin.FileName}";

    /// <summary>Name, status and reason.</summary>
    public override string ToString() => $"{Name}: {Status}{(Reason is null ? "" : $" ({Reason})")}";
}
