namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>Why a certificate is refused.</summary>
internal readonly record struct CertificateProblem(DicomNetworkError Error, string Reason);
