namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>One thing that a file holds: a PEM block, or the whole of a DER file.</summary>
/// <param name="Kind">What it says that it is, or what its bytes look like.</param>
/// <param name="Label">What a PEM block calls itself; for a DER file, its kind in words.</param>
/// <param name="Data">DER.</param>
internal sealed record CertificateContent(CertificateContentKind Kind, string Label, ReadOnlyMemory<byte> Data)
{
    private static readonly Dictionary<string, CertificateContentKind> s_kinds = new(StringComparer.Ordinal)
    {
        ["CERTIFICATE"] = CertificateContentKind.Certificate,
        ["X509 CERTIFICATE"] = CertificateContentKind.Certificate,
        ["TRUSTED CERTIFICATE"] = CertificateContentKind.TrustedCertificate,
        ["CERTIFICATE REQUEST"] = CertificateContentKind.CertificateRequest,
        ["NEW CERTIFICATE REQUEST"] = CertificateContentKind.CertificateRequest,
        ["X509 CRL"] = CertificateContentKind.RevocationList,
        ["PKCS7"] = CertificateContentKind.Pkcs7,
        ["PKCS #7 SIGNED DATA"] = CertificateContentKind.Pkcs7,
        ["CMS"] = CertificateContentKind.Pkcs7,
        ["PUBLIC KEY"] = CertificateContentKind.PublicKey,
        ["RSA PUBLIC KEY"] = CertificateContentKind.PublicKey,
        ["SSH2 PUBLIC KEY"] = CertificateContentKind.PublicKey,
        ["PRIVATE KEY"] = CertificateContentKind.PrivateKey,
        ["RSA PRIVATE KEY"] = CertificateContentKind.RsaPrivateKey,
        ["EC PRIVATE KEY"] = CertificateContentKind.EcPrivateKey,
        ["DSA PRIVATE KEY"] = CertificateContentKind.DsaPrivateKey,
        ["ENCRYPTED PRIVATE KEY"] = CertificateContentKind.EncryptedPrivateKey,
        ["OPENSSH PRIVATE KEY"] = CertificateContentKind.OpenSshPrivateKey,
        ["EC PARAMETERS"] = CertificateContentKind.Parameters,
        ["DSA PARAMETERS"] = CertificateContentKind.Parameters,
        ["DH PARAMETERS"] = CertificateContentKind.Parameters,
    };

    public bool IsPrivateKey => Kind is >= CertificateContentKind.PrivateKey and <= CertificateContentKind.PuttyPrivateKey;

    /// <summary>What it is, for a sentence that says "it holds ...".</summary>
    public string InWords => Kind switch
    {
        CertificateContentKind.Certificate => "a certificate",
        CertificateContentKind.TrustedCertificate => "an OpenSSL TRUSTED CERTIFICATE",
        CertificateContentKind.CertificateRequest => "a certificate request",
        CertificateContentKind.RevocationList => "a revocation list",
        CertificateContentKind.Pkcs7 => "PKCS#7 data",
        CertificateContentKind.Pfx => "PKCS#12 data (PFX)",
        CertificateContentKind.PublicKey => "a public key",
        CertificateContentKind.Parameters => "parameters of a key",
        CertificateContentKind.Other => Label.Length > 0 ? $"'{Label}'" : "neither PEM nor DER",
        _ => "a private key",
    };

    /// <summary>How a user turns it into something that can be read; empty where there is no way.</summary>
    public string Conversion => Kind switch
    {
        CertificateContentKind.TrustedCertificate => " Convert it with: openssl x509 -in OLD -out NEW",
        CertificateContentKind.Pkcs7 => " Convert it with: openssl pkcs7 -print_certs -in OLD -out NEW (with -inform DER where it is no text)",
        CertificateContentKind.CertificateRequest => " Give the certificate that the CA made of it.",
        _ => "",
    };

    public static CertificateContentKind KindOf(string label) => s_kinds.GetValueOrDefault(label, CertificateContentKind.Other);
}
