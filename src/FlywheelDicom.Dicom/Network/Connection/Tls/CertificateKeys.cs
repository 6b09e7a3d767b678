using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>Finds the certificate of a key among others, and puts those above it in order.</summary>
internal static class CertificateKeys
{
    public static KeyAlgorithm AlgorithmOf(X509Certificate2 certificate)
        => KeyAlgorithm.Of(certificate.PublicKey.Oid.Value ?? "", certificate.PublicKey.EncodedParameters?.RawData);

    /// <summary>The certificate of the key, wherever it stands; of several the first that is in its time. Null where there is none.</summary>
    public static X509Certificate2? Find(IEnumerable<X509Certificate2> certificates, PrivateKey key, DateTime now)
    {
        var own = certificates.Where(key.BelongsTo).ToList();
        return own.Find(c => c.NotBefore <= now && c.NotAfter > now) ?? own.FirstOrDefault();
    }

    /// <summary>The others, each once, from the leaf's issuer upwards; what is not above the leaf comes last.</summary>
    public static X509Certificate2Collection Above(X509Certificate2 leaf, IEnumerable<X509Certificate2> certificates)
    {
        var left = certificates.DistinctBy(c => c.Thumbprint, StringComparer.Ordinal).Where(c => c.Thumbprint != leaf.Thumbprint).ToList();
        var above = new X509Certificate2Collection();
        for (var below = leaf; left.Find(c => Raw(c.SubjectName) == Raw(below.IssuerName)) is { } issuer; below = issuer)
        {
            above.Add(issuer);
            left.Remove(issuer);
        }
        above.AddRange(left.ToArray());
        return above;
    }

    private static string Raw(X500DistinguishedName name) => Convert.ToHexString(name.RawData);
}
