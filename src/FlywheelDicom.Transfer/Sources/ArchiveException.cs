namespace FlywheelDicom.Transfer.Sources;

/// <summary>An archive, or part of one, that cannot be read; the message is written for the user.</summary>
internal sealed class ArchiveException(string problemId, string message) : IOException(PlainText.Clean(message))
{
    public string ProblemId { get; } = problemId;
}
