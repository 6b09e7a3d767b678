namespace FlywheelDicom;

/// <summary>How sending one instance ended.</summary>
public enum DicomSendStatus
{
    /// <summary>The archive answered 0000 (success) after the whole data set was sent.</summary>
    Sent,

    /// <summary>
    /// The archive answered with a warning status. 0111 is one of them: the archive already has an instance with this UID, and it is not
    /// known whether its content is the same.
    /// </summary>
    Warning,

    /// <summary>It was not sent: by the journal, an earlier run stored the same bytes.</summary>
    Skipped,

    /// <summary>It was not stored, as far as is known.</summary>
    Failed,
}
