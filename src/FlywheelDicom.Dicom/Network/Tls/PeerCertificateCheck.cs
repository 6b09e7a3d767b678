using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom.Network;

/// <summary>
/// Whether a peer's certificate is good: its chain leads to the system's roots or to one of ours, it is in its time, for its use, has
/// the expected name, and the strength that the profile wants. It remembers why not, in words.
/// </summary>
public sealed class PeerCertificateCheck
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Trusted beside the system's roots.</summary>
    public X509Certificate2Collection Trusted { get; init; } = [];

    /// <summary>Only ours are trusted, not the system's: for a server that knows its clients.</summary>
    public bool TrustsOnlyOurs { get; init; }

    public bool Skip { get; init; }
    public X509RevocationMode RevocationMode { get; init; } = X509RevocationMode.Offline;
    public TlsProfileRules? Rules { get; init; }

    /// <summary>For messages: the name that is looked for.</summary>
    public string ExpectedName { get; init; } = "";

    /// <summary>The peer is a client; it has no name to be checked.</summary>
    public bool IsClient { get; init; }

    /// <summary>Null, or what is wrong with the last certificate that was looked at.</summary>
    public DicomNetworkError? Failure { get; private set; }

    public string? Reason { get; private set; }

    /// <summary>For <see cref="SslStream"/> and its like.</summary>
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
            return Refuse(DicomNetworkError.CertificateNameMismatch, $"it is for {NamesOf(peer)}, not for '{ExpectedName}'");
        return IsStrong(peer);
    }

    private bool IsTrusted(X509Certificate2 peer, X509Chain? sent)
    {
        if (!TrustsOnlyOurs)
        {
            if (Problem(peer, sent, X509ChainTrustMode.System) is not { } problem)
                return true;
            // One that is known and bad stays bad, whoever signed it.
            if (Trusted.Count == 0 || problem.Error != DicomNetworkError.CertificateUntrusted)
                return Refuse(problem.Error, problem.Reason);
        }
        return Problem(peer, sent, X509ChainTrustMode.CustomRootTrust) is not { } flaw || Refuse(flaw.Error, flaw.Reason);
    }

    private (DicomNetworkError Error, string Reason)? Problem(X509Certificate2 peer, X509Chain? sent, X509ChainTrustMode trust)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = trust;
        policy.RevocationMode = RevocationMode;
        policy.RevocationFlag = X509RevocationFlag.ExcludeRoot;
        // A list that cannot be had is no proof of anything: an isolated network has none.
        policy.VerificationFlags = X509VerificationFlags.IgnoreEndRevocationUnknown | X509VerificationFlags.IgnoreCertificateAuthorityRevocationUnknown
            | X509VerificationFlags.IgnoreRootRevocationUnknown;
        policy.ApplicationPolicy.Add(new Oid(IsClient ? ClientAuthentication : ServerAuthentication));
        policy.DisableCertificateDownloads = RevocationMode != X509RevocationMode.Online;
        policy.UrlRetrievalTimeout = TimeSpan.FromSeconds(5);
        foreach (var element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            policy.ExtraStore.Add(element.Certificate);
        policy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        policy.ExtraStore.AddRange(Trusted);
        if (trust == X509ChainTrustMode.CustomRootTrust)
            policy.CustomTrustStore.AddRange(Trusted);
        if (chain.Build(peer))
            return null;
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, s) => all | s.Status);
        return Describe(peer, chain, status);
    }

    private static (DicomNetworkError, string) Describe(X509Certificate2 peer, X509Chain chain, X509ChainStatusFlags status)
    {
        if (status.HasFlag(X509ChainStatusFlags.Revoked))
            return (DicomNetworkError.CertificateRevoked, "it was revoked");
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            var late = chain.ChainElements.Select(e => e.Certificate).FirstOrDefault(c => c.NotAfter < DateTime.Now || c.NotBefore > DateTime.Now) ?? peer;
            var which = late.Thumbprint == peer.Thumbprint ? "it" : $"its issuer '{late.Subject}'";
            return late.NotBefore > DateTime.Now
                ? (DicomNetworkError.CertificateNotYetValid, $"{which} is not valid before {late.NotBefore:yyyy-MM-dd HH:mm}; check this machine's clock")
                : (DicomNetworkError.CertificateExpired, $"{which} expired on {late.NotAfter:yyyy-MM-dd HH:mm}");
        }
        if (status.HasFlag(X509ChainStatusFlags.NotValidForUsage))
            return (DicomNetworkError.CertificateUntrusted, "it is not made for this use (extended key usage)");
        if (status.HasFlag(X509ChainStatusFlags.NotSignatureValid))
            return (DicomNetworkError.CertificateUntrusted, "its signature is wrong");
        var top = chain.ChainElements.Count > 0 ? chain.ChainElements[^1].Certificate : peer;
        return peer.Subject == peer.Issuer
            ? (DicomNetworkError.CertificateUntrusted, $"it is signed by itself ('{peer.Subject}') and not among the trusted ones")
            : (DicomNetworkError.CertificateUntrusted, $"its issuer '{(top.Subject == top.Issuer ? top.Subject : top.Issuer)}' is not trusted");
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

    private static string NamesOf(X509Certificate2 peer)
    {
        var names = peer.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(san => san.EnumerateDnsNames().Concat(san.EnumerateIPAddresses().Select(ip => ip.ToString()))).ToList();
        return names.Count > 0 ? string.Join(", ", names.Select(n => $"'{n}'")) : $"'{peer.GetNameInfo(X509NameType.SimpleName, false)}' (it has no subject alternative name)";
    }

    private bool Refuse(DicomNetworkError failure, string reason)
    {
        (Failure, Reason) = (failure, reason);
        return false;
    }
}
