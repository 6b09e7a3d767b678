namespace FlywheelDicom.Transfer.Reporting;

/// <summary>A report cannot be written where it should go; the message is written for the user.</summary>
internal sealed class ReportPlaceException(string errorId, string message, Exception? inner = null) : IOException(PlainText.Clean(message), inner)
{
    /// <summary>A stable id for error records.</summary>
    public string ErrorId { get; } = errorId;
}
