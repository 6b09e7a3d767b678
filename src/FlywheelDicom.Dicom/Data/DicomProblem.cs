namespace FlywheelDicom;

/// <summary>Why an instance cannot be sent: a stable id, and a sentence for the user.</summary>
/// <param name="Id">One of the constants here.</param>
/// <param name="Message">A sentence, safe to show.</param>
public sealed record DicomProblem(string Id, string Message)
{
    private readonly string _message = PlainText.Clean(Message);

    /// <summary>A sentence, safe to show.</summary>
    public string Message
    {
        get => _message;
        init => _message = PlainText.Clean(value);
    }

    internal const string NotDicom = "DicomNotFound";
    internal const string Truncated = "DicomTruncated";
    internal const string Malformed = "DicomMalformed";
    internal const string MissingUid = "DicomMissingUid";
    internal const string Directory = "DicomDirectory";
    internal const string Unreadable = "SourceUnreadable";
    internal const string NotFound = "SourceNotFound";
    internal const string NotFileSystem = "NotFileSystemPath";
    internal const string SourceChanged = "DicomSourceChanged";
    internal const string BadArchive = "ArchiveUnreadable";
    internal const string EncryptedArchive = "ArchiveEncrypted";
    internal const string UnsupportedArchive = "ArchiveNotSupported";
    internal const string NoTemporarySpace = "TemporarySpaceUnavailable";
    internal const string NotDownloaded = "DownloadFailed";
    internal const string NotListed = "FlywheelNotListed";
    internal const string NoPrivateBlock = "PrivateBlockUnavailable";
    internal const string NotEdited = "DicomNotEdited";
    internal const string NotSaved = "DicomNotSaved";
    internal const string SaveNameTaken = "DicomSaveNameTaken";

    /// <summary>It cannot be converted to the only transfer syntax that the archive accepts. Another archive may accept it.</summary>
    internal const string NotConvertible = "DicomNotConvertible";

    /// <summary>Whether an error id is one of these. The stage that found the problem has already reported it.</summary>
    internal static bool IsProblem(string? id)
        => id is NotDicom or Truncated or Malformed or MissingUid or Directory or Unreadable or NotFound or NotFileSystem or SourceChanged
            or BadArchive or EncryptedArchive or UnsupportedArchive or NoTemporarySpace or NotDownloaded or NotListed or NoPrivateBlock or NotEdited
            or NotSaved or SaveNameTaken;
}
