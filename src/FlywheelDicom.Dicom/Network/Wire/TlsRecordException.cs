namespace FlywheelDicom.Network.Wire;

/// <summary>What came is a TLS record, not a PDU.</summary>
internal sealed class TlsRecordException() : IOException("What came is TLS, not DICOM.");
