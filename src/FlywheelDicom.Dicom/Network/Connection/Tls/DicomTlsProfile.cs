namespace FlywheelDicom;

/// <summary>The secure transport connection profiles of PS3.15 Annex B. None of them goes below TLS 1.2 here.</summary>
public enum DicomTlsProfile
{
    /// <summary>BCP 195 (§B.9, retired): TLS 1.2 and 1.3, ephemeral keys and AES-GCM.</summary>
    BCP195,

    /// <summary>Non-downgrading BCP 195 (§B.10, retired): the same without any way back to older versions.</summary>
    BCP195NonDowngrading,

    /// <summary>Extended BCP 195 (§B.11, retired): a closed list of suites, RSA keys of 2048 bits and elliptic curves of 256 at least.</summary>
    BCP195Extended,

    /// <summary>BCP 195, RFC 8996 and 9325 (§B.12): elliptic-curve key exchange alone.</summary>
    BCP195RFC8996,

    /// <summary>Modified BCP 195, RFC 8996 and 9325 (§B.13): a closed list of suites, and signatures with SHA-256 or better.</summary>
    BCP195RFC8996Modified,
}
