namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>What a certificate or key file may hold.</summary>
internal enum CertificateContentKind
{
    Other,
    Certificate,
    TrustedCertificate,
    CertificateRequest,
    RevocationList,
    Pkcs7,
    Pfx,
    PublicKey,
    PrivateKey,
    RsaPrivateKey,
    EcPrivateKey,
    DsaPrivateKey,
    EncryptedPrivateKey,
    OldEncryptedPrivateKey,
    OpenSshPrivateKey,
    PuttyPrivateKey,
    Parameters,
}
