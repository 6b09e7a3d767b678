namespace FlywheelDicom.Transfer.Sources;

/// <summary>An archive, or a part of one, cannot be read. The message is for the user.</summary>
internal sealed class ArchiveException(string problemId, string message) : IOException(PlainText.Clean(message))
{
    public string ProblemId { get; } = problemId;
}
