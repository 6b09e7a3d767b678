namespace FlywheelDicom.Network.Wire;

/// <summary>A TLS record was received, not a PDU.</summary>
internal sealed class TlsRecordException() : IOException("What came is TLS, not DICOM.");
