namespace FlywheelDicom;

/// <summary>The result of sending one instance. There is one for each instance that was given.</summary>
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
    public DicomConfirmation? Confirmation { get; init; }

    /// <summary>The status in the peer's response; null where there was none.</summary>
    public DicomStatus? DicomStatus { get; init; }

    /// <summary>The transfer syntax that it was sent in; null where nothing was sent.</summary>
    public string? TransferSyntaxUid { get; init; }

    /// <summary>How often it was sent. Where that is more than once, the result of an earlier attempt may not be known.</summary>
    public int Attempts { get; init; }

    /// <summary>Bytes of the data set that were sent in the attempt that counts.</summary>
    public long Bytes { get; init; }

    /// <summary>The time from the first attempt to the last response, with all waiting.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Where it was sent to.</summary>
    public required DicomDestination Destination { get; init; }

    /// <summary>Why it failed, was skipped or has a warning.</summary>
    public string? Reason { get; init; }

    /// <summary>The error comment of the peer (0000,0902), with the offending elements (0000,0901).</summary>
    public string? ErrorComment { get; init; }

    /// <summary>
    /// An instance that was stored earlier in this run with the same SOP Instance UID: an archive keeps one of them at most, so a count
    /// of different images leaves this one out. Null where there was none.
    /// </summary>
    public string? SameUidAs { get; init; }

    /// <summary>
    /// Whether its content differs from that of <see cref="SameUidAs"/>. Null where that is not known: the lengths are equal, and digests
    /// are computed only with a journal.
    /// </summary>
    public bool? HasOtherContent { get; init; }

    /// <summary>The instance is stored, but that could not be written to the journal.</summary>
    internal const string JournalNotWritten = "JournalNotWritten";

    /// <summary>An unexpected failure with this instance.</summary>
    internal const string SendingFailed = "DicomSendingFailed";

    /// <summary>The id where something that is no result was given in place of one.</summary>
    internal const string NotAResult = "InputNotSendResult";

    /// <summary>The beginning of the reason where an instance was not sent because the destination cannot be reached for now.</summary>
    internal const string NotTried = "Not tried: ";

    /// <summary>The run that it came from; null where it came from none.</summary>
    public DicomSendRun? Run { get; init; }

    /// <summary>
    /// The elements that stages changed or removed before it was sent, or were told to, by keyword or tag; never their values. Empty
    /// where there was none; null where that is not known: the instance could not be read, or the result says nothing of it. Edits are
    /// not saved with a result: one that was loaded is sent again only where this is empty.
    /// </summary>
    public string? Edited { get; init; }

    /// <summary>The stable id of the failure or warning; null where there is none.</summary>
    public string? ErrorId { get; init; }

    /// <summary>The instance, to be sent again; null for a result that was loaded. It is a handle: it holds no bytes, and no open file.</summary>
    internal DicomFile? File { get; init; }

    /// <summary>It stands for a line of a journal, where one instance may have several.</summary>
    internal bool IsOfJournal { get; init; }

    /// <summary>Sent, Warning and Skipped count as sent in a report.</summary>
    public bool IsStored => Status != DicomSendStatus.Failed;

    /// <summary>Its name, and the name of the archive that it came from, if any.</summary>
    public string FullName => Name == Origin.LocalPath || Name == Origin.FileName ? Name : $"{Name} in {Origin.FileName}";

    /// <summary>Name, status and reason.</summary>
    public override string ToString() => $"{Name}: {Status}{(Reason is null ? "" : $" ({Reason})")}";
}
