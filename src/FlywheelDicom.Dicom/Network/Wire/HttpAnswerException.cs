namespace FlywheelDicom.Network.Wire;

/// <summary>The answer of a web server was received, not a PDU.</summary>
internal sealed class HttpAnswerException() : IOException("What came is HTTP, not DICOM.");
