namespace FlywheelDicom.Transfer.Sending;

/// <summary>A journal cannot be used. The message is written for the user.</summary>
internal sealed class JournalException(string errorId, string message, Exception? inner = null) : IOException(PlainText.Clean(message), inner)
{
    /// <summary>A stable id for error records.</summary>
    public string ErrorId { get; } = errorId;
}
