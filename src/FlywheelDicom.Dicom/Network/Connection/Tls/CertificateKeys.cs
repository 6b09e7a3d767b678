using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>Finds the certificate of a key, and sorts the certificates above it.</summary>
internal static class CertificateKeys
{
    public static KeyAlgorithm AlgorithmOf(X509Certificate2 certificate)
        => KeyAlgorithm.Of(certificate.PublicKey.Oid.Value ?? "", certificate.PublicKey.EncodedParameters?.RawData);

    /// <summary>The certificate of the key. If there are several, the first that is valid now. Null if there is none.</summary>
    public static X509Certificate2? Find(IEnumerable<X509Certificate2> certificates, PrivateKey key, DateTime now)
    {
        var own = certificates.Where(key.BelongsTo).ToList();
        return own.Find(c => c.NotBefore <= now && c.NotAfter > now) ?? own.FirstOrDefault();
    }

    /// <summary>The other certificates, each once: from the issuer of the leaf upwards, then those that are not above the leaf.</summary>
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
