namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>A certificate or key file cannot be used.</summary>
internal sealed class CertificateFileException(string errorId, string message, Exception? inner = null) : IOException(PlainText.Clean(message), inner)
{
    /// <summary>A stable id for error records.</summary>
    public string ErrorId { get; } = errorId;
}
