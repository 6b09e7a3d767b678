using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>How a the server is spoken to over TLS.</summary>
internal sealed record DicomServerTls
{
    public DicomTlsProfile Profile { get; init; } = DicomTlsProfile.BCP195;

    /// <summary>Who we are, with its private key.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>The certificates between ours and its root, sent along.</summary>
    public X509Certificate2Collection Intermediates { get; init; } = [];

    /// <summary>Those whose clients are let in; empty: any client, certificate or not.</summary>
    public X509Certificate2Collection TrustedCertificates { get; init; } = [];

    public X509RevocationMode RevocationMode { get; init; } = X509RevocationMode.Offline;

    public bool RequiresClientCertificate => TrustedCertificates.Count > 0;
}
