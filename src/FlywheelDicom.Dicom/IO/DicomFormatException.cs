namespace FlywheelDicom.IO;

/// <summary>The bytes are not what the standard allows, or end too early.</summary>
public class DicomFormatException : IOException
{
    private readonly string? _errorId;

    internal DicomFormatException(string message) : base(PlainText.Clean(message)) { }

    /// <summary>The data ends earlier than its lengths say.</summary>
    public bool IsTruncated { get; internal init; }

    /// <summary>The stable id of what is wrong: see <see cref="DicomProblem"/>.</summary>
    public string ErrorId { get => _errorId ?? (IsTruncated ? DicomProblem.Truncated : DicomProblem.Unreadable); init => _errorId = value; }
}
