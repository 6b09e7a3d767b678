namespace FlywheelDicom.IO;

/// <summary>The source of an instance has changed after its header was read: it was replaced, or became longer or shorter.</summary>
internal sealed class DicomSourceChangedException : DicomFormatException
{
    internal DicomSourceChangedException(string message) : base($"The source has changed. {message} Read it again, and send that.") => ErrorId = DicomProblem.SourceChanged;
}
