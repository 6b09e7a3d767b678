using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom;

/// <summary>How a destination is spoken to over TLS. Every association with it, made again or not, uses the same.</summary>
public sealed record DicomTls
{
    /// <summary>The security profile (PS3.15 Annex B).</summary>
    public DicomTlsProfile Profile { get; init; } = DicomTlsProfile.BCP195;

    /// <summary>Who we are, with its private key; null where the server asks for nothing.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The certificates between ours and its root, sent along.</summary>
    public X509Certificate2Collection Intermediates { get; init; } = [];

    /// <summary>Trusted beside the system's roots.</summary>
    public X509Certificate2Collection TrustedCertificates { get; init; } = [];

    /// <summary>The name or address that the server's certificate must have, where it is not the one called.</summary>
    public string? ServerName { get; init; }

    /// <summary>Takes any certificate. Whoever is on the way can then read everything.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>Whether revocation lists are fetched (Online), taken from what is here (Offline) or not looked at.</summary>
    public X509RevocationMode RevocationMode { get; init; } = X509RevocationMode.Offline;

    /// <summary>The profile, and whether the certificate of the server is checked.</summary>
    public override string ToString() => SkipCertificateCheck ? $"{Profile}, certificate not checked" : $"{Profile}";
}
