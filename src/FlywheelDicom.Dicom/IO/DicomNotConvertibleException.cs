namespace FlywheelDicom.IO;

/// <summary>A data set could not be read any more in the transfer syntax that it would have to be put into.</summary>
public sealed class DicomNotConvertibleException : DicomFormatException
{
    internal DicomNotConvertibleException(string message) : base(message) => ErrorId = DicomProblem.NotConvertible;
}
