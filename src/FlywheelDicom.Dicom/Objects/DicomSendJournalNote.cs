namespace FlywheelDicom;

/// <summary>Notes on a line of a journal.</summary>
[Flags]
public enum DicomSendJournalNote
{
    /// <summary>Nothing else.</summary>
    None = 0,

    /// <summary>
    /// An earlier attempt sent the whole data set, and its response was lost. Together with status 0111 this means that the archive most
    /// likely has what that attempt stored. Without it, somebody else may have stored the instance that 0111 is about.
    /// </summary>
    AnswerLost = 1,

    /// <summary>Another instance of the same run has this UID. What was stored of that one still counts.</summary>
    SameUid = 2,
}
