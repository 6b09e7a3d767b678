namespace FlywheelDicom;

/// <summary>Why an instance cannot be sent: a stable id, and words for a person.</summary>
/// <param name="Id">One of the constants here.</param>
/// <param name="Message">A sentence, fit to be shown.</param>
public sealed record DicomProblem(string Id, string Message)
{
    private readonly string _message = PlainText.Clean(Message);

    public string Message
    {
        get => _message;
        init => _message = PlainText.Clean(value);
    }

    public const string NotDicom = "DicomNotFound";
    public const string Truncated = "DicomTruncated";
    public const string Malformed = "DicomMalformed";
    public const string MissingUid = "DicomMissingUid";
    public const string Directory = "DicomDirectory";
    public const string Unreadable = "SourceUnreadable";
    public const string NotFound = "SourceNotFound";
    public const string NotFileSystem = "NotFileSystemPath";
    public const string SourceChanged = "DicomSourceChanged";
    public const string BadArchive = "ArchiveUnreadable";
    public const string EncryptedArchive = "ArchiveEncrypted";
    public const string UnsupportedArchive = "ArchiveNotSupported";
    public const string NoTemporarySpace = "TemporarySpaceUnavailable";
    public const string NotDownloaded = "DownloadFailed";
    public const string NotListed = "FlywheelNotListed";
    public const string NoPrivateBlock = "PrivateBlockUnavailable";

    /// <summary>It cannot be put into the only transfer syntax that the archive takes; nothing is wrong with it elsewhere.</summary>
    public const string NotConvertible = "DicomNotConvertible";

    /// <summary>Whether an error id is one of these, so that the stage which found it has told of it.</summary>
    public static bool IsProblem(string? id)
        => id is NotDicom or Truncated or Malformed or MissingUid or Directory or Unreadable or NotFound or NotFileSystem or SourceChanged
            or BadArchive or EncryptedArchive or UnsupportedArchive or NoTemporarySpace or NotDownloaded or NotListed or NoPrivateBlock;
}
