namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>Why a certificate is not taken.</summary>
internal readonly record struct CertificateProblem(DicomNetworkError Error, string Reason);
