namespace FlywheelDicom.IO;

/// <summary>The bytes are not what the standard allows, or end too early.</summary>
public sealed class DicomFormatException : IOException
{
    public DicomFormatException(string message, bool isTruncated = false) : base(message) => IsTruncated = isTruncated;

    /// <summary>The data ends before what its lengths promise.</summary>
    public bool IsTruncated { get; }
}
