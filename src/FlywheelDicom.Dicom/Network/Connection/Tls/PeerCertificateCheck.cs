using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>
/// Checks a peer's certificate: a chain to a trusted certificate, validity, key usage, name, and the strength that the profile requires. It
/// keeps the reason where the certificate is refused.
/// </summary>
internal sealed class PeerCertificateCheck
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Trusted in addition to the roots of the system.</summary>
    public X509Certificate2Collection Trusted { get; init; } = [];

    /// <summary>Only <see cref="Trusted"/> counts, not the roots of the system. For servers that know their clients.</summary>
    public bool TrustsOnlyOurs { get; init; }

    public bool Skip { get; init; }
    public X509RevocationMode RevocationMode { get; init; } = X509RevocationMode.Offline;
    public TlsProfileRules? Rules { get; init; }

    /// <summary>The clock by which certificates are valid or not.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>For messages: the name that the certificate must have.</summary>
    public string ExpectedName { get; init; } = "";

    /// <summary>The peer is a client: its name is not checked.</summary>
    public bool IsClient { get; init; }

    /// <summary>What is wrong with the certificate that was checked last; null if nothing is.</summary>
    public DicomNetworkError? Failure { get; private set; }

    public string? Reason { get; private set; }

    /// <summary>The callback for <see cref="SslStream"/>.</summary>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        (Failure, Reason) = (null, null);
        if (certificate is null)
            return Skip && !IsClient || Refuse(IsClient ? DicomNetworkError.ClientCertificateRequired : DicomNetworkError.CertificateUntrusted, "it sent no certificate");
        if (Skip)
            return true;
        using var peer = new X509Certificate2(certificate);
        if (!IsTrusted(peer, chain))
            return false;
        if (!IsClient && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            var names = new PeerNames(peer);
            var why = names.MismatchReason(ExpectedName) is { } reason ? $" ({reason})" : "";
            return Refuse(DicomNetworkError.CertificateNameMismatch, $"it is for {names}, not for '{ExpectedName}'{why}");
        }
        return IsStrong(peer);
    }

    /// <summary><see cref="Trusted"/> is tried first, then the roots of the system.</summary>
    private bool IsTrusted(X509Certificate2 peer, X509Chain? sent)
    {
        var path = new TrustPath(peer, sent, Trusted, new Oid(IsClient ? ClientAuthentication : ServerAuthentication), RevocationMode, Time.GetLocalNow().DateTime);
        CertificateProblem? named = Trusted.Count > 0 || TrustsOnlyOurs ? path.ToNamed() : new CertificateProblem(DicomNetworkError.CertificateUntrusted, "");
        if (named is not { } problem)
            return true;
        if (!TrustsOnlyOurs && problem.Error != DicomNetworkError.CertificateRevoked)
        {
            if (path.ToSystem() is not { } other)
                return true;
            // The more exact of the two reasons.
            if (problem.Error == DicomNetworkError.CertificateUntrusted && (Trusted.Count == 0 || other.Error != DicomNetworkError.CertificateUntrusted))
                problem = other;
        }
        return Refuse(problem.Error, problem.Reason);
    }

    private bool IsStrong(X509Certificate2 peer)
    {
        if (Rules is { LimitsKeys: true })
        {
            using var rsa = peer.GetRSAPublicKey();
            using var ecdsa = peer.GetECDsaPublicKey();
            if (rsa is { KeySize: < 2048 } || ecdsa is { KeySize: < 256 })
                return Refuse(DicomNetworkError.CertificateWeak, $"its key has {rsa?.KeySize ?? ecdsa!.KeySize} bits, fewer than the profile wants");
        }
        return Rules is not { LimitsSignatures: true } || peer.SignatureAlgorithm.FriendlyName is not { } algorithm
            || !(algorithm.Contains("sha1", StringComparison.OrdinalIgnoreCase) || algorithm.Contains("md5", StringComparison.OrdinalIgnoreCase))
            || Refuse(DicomNetworkError.CertificateWeak, $"it is signed with {algorithm}, which the profile does not allow");
    }

    private bool Refuse(DicomNetworkError failure, string reason)
    {
        (Failure, Reason) = (failure, reason);
        return false;
    }
}
