using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>
/// Looks for a path from a peer's certificate to a trusted one. A peer may send certificates that lead elsewhere, such as a cross
/// certificate of a CA that has expired. One path to a trusted certificate is enough.
/// </summary>
internal sealed class TrustPath(X509Certificate2 peer, X509Chain? sent, X509Certificate2Collection trusted, Oid usage, X509RevocationMode revocation, DateTime now)
{
    private const int MaxSent = 16;

    private const X509ChainStatusFlags AboveTheAnchor = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot
        | X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation;

    private readonly List<X509Certificate2> _sent = [.. (sent?.ChainPolicy.ExtraStore ?? []).Concat(sent?.ChainElements.Select(e => e.Certificate) ?? [])
        .DistinctBy(c => c.Thumbprint, StringComparer.Ordinal).Where(c => c.Thumbprint != peer.Thumbprint).Take(MaxSent)];

    /// <summary>Null if a path leads to one of the certificates that the caller named: a root, an intermediate one, or the peer's own.</summary>
    public CertificateProblem? ToNamed()
        => Search(X509ChainTrustMode.CustomRootTrust, _sent.Where(c => IsTrusted(c) || (!IsSelfSigned(c) && !trusted.Any(t => IsSameKey(t, c)))).ToList());

    /// <summary>Null if a path leads to a root of the system.</summary>
    public CertificateProblem? ToSystem() => Search(X509ChainTrustMode.System, _sent);

    /// <summary>Tries it with all certificates that were sent, then without those that are not valid now, then with fewer and fewer of them. The first
    /// failure is reported.</summary>
    private CertificateProblem? Search(X509ChainTrustMode mode, List<X509Certificate2> helpers)
    {
        if (Build(mode, helpers) is not { } first)
            return null;
        // After a revocation no other path is tried.
        for (var current = helpers.Where(IsInTime).ToList(); first.Error != DicomNetworkError.CertificateRevoked; current.RemoveAt(current.Count - 1))
        {
            if (current.Count < helpers.Count && Build(mode, current) is not { } other)
                return null;
            if (current.Count == 0)
                break;
        }
        return first;
    }

    private CertificateProblem? Build(X509ChainTrustMode mode, List<X509Certificate2> helpers)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = mode;
        policy.RevocationMode = revocation;
        policy.VerificationTime = now;
        policy.RevocationFlag = X509RevocationFlag.ExcludeRoot;
        // A revocation list that cannot be read is ignored: an isolated network has none.
        policy.VerificationFlags = X509VerificationFlags.IgnoreEndRevocationUnknown | X509VerificationFlags.IgnoreCertificateAuthorityRevocationUnknown
            | X509VerificationFlags.IgnoreRootRevocationUnknown;
        policy.ApplicationPolicy.Add(usage);
        policy.DisableCertificateDownloads = revocation != X509RevocationMode.Online;
        policy.UrlRetrievalTimeout = TimeSpan.FromSeconds(5);
        policy.ExtraStore.AddRange(helpers.ToArray());
        policy.ExtraStore.AddRange(trusted);
        if (mode == X509ChainTrustMode.CustomRootTrust)
            policy.CustomTrustStore.AddRange(trusted);
        if (chain.Build(peer) || (mode == X509ChainTrustMode.CustomRootTrust && LeadsToAnchor(chain)))
            return null;
        return Describe(chain);
    }

    /// <summary>.NET accepts only roots as trusted. Here any named certificate counts, and what is above it does not matter.</summary>
    private bool LeadsToAnchor(X509Chain chain)
    {
        foreach (var element in chain.ChainElements)
        {
            var status = element.ChainElementStatus.Aggregate(X509ChainStatusFlags.NoError, (all, s) => all | s.Status);
            if ((status & ~AboveTheAnchor) != 0 || !IsInTime(element.Certificate))
                return false;
            if (IsTrusted(element.Certificate))
                return true;
        }
        return false;
    }

    private CertificateProblem Describe(X509Chain chain)
    {
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, s) => all | s.Status);
        if (status.HasFlag(X509ChainStatusFlags.Revoked))
            return new(DicomNetworkError.CertificateRevoked, "it was revoked");
        var late = chain.ChainElements.Select(e => e.Certificate).FirstOrDefault(c => !IsInTime(c));
        // Not every platform checks the validity of a trusted certificate that is not a root.
        if (late is not null && (status.HasFlag(X509ChainStatusFlags.NotTimeValid) || IsTrusted(late)))
        {
            var which = late.Thumbprint == peer.Thumbprint ? "it" : $"its issuer '{late.Subject}'";
            return late.NotBefore > now
                ? new(DicomNetworkError.CertificateNotYetValid, $"{which} is not valid before {Date(late.NotBefore)}; check this machine's clock")
                : new(DicomNetworkError.CertificateExpired, $"{which} expired on {Date(late.NotAfter)}");
        }
        if (status.HasFlag(X509ChainStatusFlags.NotValidForUsage))
            return new(DicomNetworkError.CertificateUntrusted, "it is not made for this use (extended key usage)");
        if (status.HasFlag(X509ChainStatusFlags.NotSignatureValid))
            return new(DicomNetworkError.CertificateUntrusted, "its signature is wrong");
        var top = chain.ChainElements.Count > 0 ? chain.ChainElements[^1].Certificate : peer;
        return IsSelfSigned(peer)
            ? new(DicomNetworkError.CertificateUntrusted, $"it is signed by itself ('{peer.Subject}') and not among the trusted ones")
            : new(DicomNetworkError.CertificateUntrusted, $"its issuer '{(IsSelfSigned(top) ? top.Subject : top.Issuer)}' is not trusted");
    }

    private bool IsTrusted(X509Certificate2 certificate) => trusted.Any(t => t.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span));

    private static bool IsSameKey(X509Certificate2 one, X509Certificate2 other) => one.SubjectName.RawData.AsSpan().SequenceEqual(other.SubjectName.RawData)
        && one.GetPublicKey().AsSpan().SequenceEqual(other.GetPublicKey());

    private static bool IsSelfSigned(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private bool IsInTime(X509Certificate2 certificate) => certificate.NotBefore <= now && certificate.NotAfter >= now;

    private static string Date(DateTime time) => time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
