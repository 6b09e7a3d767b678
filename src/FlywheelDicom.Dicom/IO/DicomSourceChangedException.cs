namespace FlywheelDicom.IO;

/// <summary>The bytes behind an instance are not those whose header was read: they were replaced, grew or became fewer.</summary>
public sealed class DicomSourceChangedException : DicomFormatException
{
    internal DicomSourceChangedException(string message) : base($"The source has changed. {message} Read it again, and send that.") => ErrorId = DicomProblem.SourceChanged;
}
