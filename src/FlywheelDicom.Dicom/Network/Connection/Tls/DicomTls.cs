using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom;

/// <summary>The TLS settings of a destination, for all associations with it.</summary>
public sealed record DicomTls
{
    /// <summary>The security profile (PS3.15 Annex B).</summary>
    public DicomTlsProfile Profile { get; init; } = DicomTlsProfile.BCP195;

    /// <summary>The client certificate with its private key; null where the server asks for none.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The file that the client certificate is read from; null where it came from no file.</summary>
    public string? CertificatePath { get; init; }

    /// <summary>The file of its private key; null where that is in the same file.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The client certificate's thumbprint (SHA-1, hexadecimal), by which it is found in the user's or the machine's store.</summary>
    public string? CertificateThumbprint { get; init; }

    /// <summary>The files that the trusted certificates are read from.</summary>
    public IReadOnlyList<string> TrustedCertificatePath { get; init; } = [];

    /// <summary>The certificates between the client certificate and its root. They are sent with it.</summary>
    public X509Certificate2Collection Intermediates { get; init; } = [];

    /// <summary>Trusted in addition to the roots of the system.</summary>
    public X509Certificate2Collection TrustedCertificates { get; init; } = [];

    /// <summary>The name or address that the certificate of the server must have; null for that of the destination.</summary>
    public string? ServerName { get; init; }

    /// <summary>Accepts any certificate. The connection can then be intercepted and read.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>Whether revocation lists are downloaded (Online), used where they are cached (Offline), or not used (NoCheck).</summary>
    public X509RevocationMode RevocationMode { get; init; } = X509RevocationMode.Offline;

    /// <summary>The profile, and whether the certificate of the server is checked.</summary>
    public override string ToString() => SkipCertificateCheck ? $"{Profile}, certificate not checked" : $"{Profile}";
}
