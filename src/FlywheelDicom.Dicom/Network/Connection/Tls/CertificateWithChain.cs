using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>A certificate with its key, and the certificates between it and its root.</summary>
internal sealed record CertificateWithChain(X509Certificate2 Certificate, X509Certificate2Collection Intermediates);
