using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>The TLS settings of a server.</summary>
internal sealed record DicomServerTls
{
    public DicomTlsProfile Profile { get; init; } = DicomTlsProfile.BCP195;

    /// <summary>The certificate of the server, with its private key.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>The certificates between this one and its root. They are sent with it.</summary>
    public X509Certificate2Collection Intermediates { get; init; } = [];

    /// <summary>Clients need a certificate that one of these has issued. Empty: any client is accepted, with or without a certificate.</summary>
    public X509Certificate2Collection TrustedCertificates { get; init; } = [];

    public X509RevocationMode RevocationMode { get; init; } = X509RevocationMode.Offline;

    public bool RequiresClientCertificate => TrustedCertificates.Count > 0;
}
