namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>One part of a file: a PEM block, or a whole DER file.</summary>
/// <param name="Kind">What it is, by its label or by its bytes.</param>
/// <param name="Label">The label of a PEM block; empty for a DER file.</param>
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

    /// <summary>What it is, for a message such as "it holds ...".</summary>
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

    /// <summary>How a user can convert it to something that can be read; empty if there is no way.</summary>
    public string Conversion => Kind switch
    {
        CertificateContentKind.TrustedCertificate => " Convert it with: openssl x509 -in OLD -out NEW",
        CertificateContentKind.Pkcs7 => " Convert it with: openssl pkcs7 -print_certs -in OLD -out NEW (with -inform DER where it is no text)",
        CertificateContentKind.CertificateRequest => " Give the certificate that the CA made of it.",
        _ => "",
    };

    public static CertificateContentKind KindOf(string label) => s_kinds.GetValueOrDefault(label, CertificateContentKind.Other);
}
