namespace FlywheelDicom.IO;

/// <summary>A data set cannot be converted to the transfer syntax that the peer accepts: it could not be read there any more.</summary>
internal sealed class DicomNotConvertibleException : DicomFormatException
{
    internal DicomNotConvertibleException(string message) : base(message) => ErrorId = DicomProblem.NotConvertible;
}
