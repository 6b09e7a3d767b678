using System.Net.Security;
using System.Security.Authentication;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>What a profile requires of a TLS connection (PS3.15 Annex B).</summary>
internal sealed class TlsProfileRules
{
    private static readonly TlsCipherSuite[] s_tls13 =
        [TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_AES_128_GCM_SHA256];

    private static readonly TlsCipherSuite[] s_ecdheRsa =
        [TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256];

    private static readonly TlsCipherSuite[] s_ecdheEcdsa =
        [TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256];

    private static readonly TlsCipherSuite[] s_dheRsa =
        [TlsCipherSuite.TLS_DHE_RSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256];

    private static readonly TlsCipherSuite[] s_modified =
    [
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CCM, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
        TlsCipherSuite.TLS_AES_128_CCM_SHA256, TlsCipherSuite.TLS_AES_128_CCM_8_SHA256,
    ];

    private TlsProfileRules(IReadOnlyList<TlsCipherSuite> suites) => CipherSuites = suites;

    public IReadOnlyList<TlsCipherSuite> CipherSuites { get; }

    /// <summary>RSA keys of at least 2048 bits, elliptic curves of at least 256.</summary>
    public bool LimitsKeys { get; private init; }

    /// <summary>Certificates signed with SHA-256 or better.</summary>
    public bool LimitsSignatures { get; private init; }

    /// <summary>The versions of TLS for all profiles: 1.2 and 1.3.</summary>
    public static SslProtocols Protocols => SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>On Windows the suites are set for the whole machine. A program cannot choose them.</summary>
    public static bool CanLimitCipherSuites => !OperatingSystem.IsWindows() && !OperatingSystem.IsAndroid();

    public static TlsProfileRules For(DicomTlsProfile profile) => profile switch
    {
        // The standard lists the suites that must be supported at least. Elliptic-curve certificates need the other ones.
        DicomTlsProfile.BCP195 or DicomTlsProfile.BCP195NonDowngrading => new([.. s_tls13, .. s_ecdheRsa, .. s_ecdheEcdsa, .. s_dheRsa]),
        DicomTlsProfile.BCP195Extended => new([.. s_tls13, .. s_ecdheEcdsa, .. s_ecdheRsa, .. s_dheRsa]) { LimitsKeys = true },
        DicomTlsProfile.BCP195RFC8996 => new([.. s_tls13, .. s_ecdheEcdsa, .. s_ecdheRsa]),
        DicomTlsProfile.BCP195RFC8996Modified => new([.. s_tls13, .. s_ecdheEcdsa, .. s_ecdheRsa, .. s_modified]) { LimitsKeys = true, LimitsSignatures = true },
        _ => throw new ArgumentOutOfRangeException(nameof(profile)),
    };

    /// <summary>By its name. Case and punctuation do not count: <c>BCP 195</c>, <c>Non-Downgrading BCP 195</c>, <c>BCP195Extended</c>.</summary>
    public static bool TryParse(string? text, out DicomTlsProfile profile)
    {
        var key = string.Concat((text ?? "").Where(char.IsLetterOrDigit)).ToUpperInvariant().Replace("TLSPROFILE", "", StringComparison.Ordinal);
        DicomTlsProfile? found = key switch
        {
            "BCP195" or "BCP195TLS" => DicomTlsProfile.BCP195,
            "BCP195NONDOWNGRADING" or "NONDOWNGRADINGBCP195" or "BCP195ND" => DicomTlsProfile.BCP195NonDowngrading,
            "BCP195EXTENDED" or "EXTENDEDBCP195" or "BCP195EX" => DicomTlsProfile.BCP195Extended,
            "BCP195RFC8996" or "BCP195RFC89969325" or "BCP195RFC8996RFC9325" or "BCP195RFC8996AND9325" => DicomTlsProfile.BCP195RFC8996,
            "BCP195RFC8996MODIFIED" or "MODIFIEDBCP195RFC8996" or "MODIFIEDBCP195RFC89969325" or "MODIFIEDBCP195RFC8996RFC9325" or "MODIFIEDBCP195"
                => DicomTlsProfile.BCP195RFC8996Modified,
            _ => null,
        };
        profile = found ?? default;
        return found is not null;
    }

    /// <summary>Null if the system decides.</summary>
    internal CipherSuitesPolicy? Policy()
    {
        if (!CanLimitCipherSuites)
            return null;
#pragma warning disable CA1416 // Asked above.
        return new CipherSuitesPolicy(CipherSuites);
#pragma warning restore CA1416
    }
}
