namespace FlywheelDicom.IO;

/// <summary>The bytes are not what the standard allows, or end too early.</summary>
public class DicomFormatException : IOException
{
    public DicomFormatException(string message, bool isTruncated = false) : base(message) => IsTruncated = isTruncated;

    /// <summary>The data ends before what its lengths promise.</summary>
    public bool IsTruncated { get; }

    /// <summary>The id of the problem that an instance has whose bytes turned out so when it was sent.</summary>
    public virtual string ProblemId => IsTruncated ? DicomProblem.Truncated : DicomProblem.Unreadable;
}
