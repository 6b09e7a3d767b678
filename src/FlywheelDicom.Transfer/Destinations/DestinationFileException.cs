namespace FlywheelDicom.Transfer.Destinations;

/// <summary>A file of registered destinations cannot be read or written, or the name is of no use there.</summary>
internal sealed class DestinationFileException(string errorId, string message, Exception? inner = null) : IOException(PlainText.Clean(message), inner)
{
    /// <summary>A stable id for error records.</summary>
    public string ErrorId { get; } = errorId;
}
