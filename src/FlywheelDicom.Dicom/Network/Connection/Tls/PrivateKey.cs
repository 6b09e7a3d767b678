using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>A private key: either RSA or ECDSA.</summary>
internal sealed record PrivateKey(RSA? Rsa, ECDsa? Ecdsa) : IDisposable
{
    /// <summary>Whether this key belongs to a certificate.</summary>
    public bool BelongsTo(X509Certificate2 certificate)
    {
        if (!CertificateKeys.AlgorithmOf(certificate).IsUsable)
            return false;
        if (Rsa is not null)
        {
            using var rsa = certificate.GetRSAPublicKey();
            return rsa is not null && rsa.ExportParameters(false) is var theirs && Rsa.ExportParameters(false) is var ours
                && theirs.Modulus.AsSpan().SequenceEqual(ours.Modulus) && theirs.Exponent.AsSpan().SequenceEqual(ours.Exponent);
        }
        using var ecdsa = certificate.GetECDsaPublicKey();
        return ecdsa is not null && ecdsa.ExportParameters(false).Q is var their && Ecdsa!.ExportParameters(false).Q is var own
            && their.X.AsSpan().SequenceEqual(own.X) && their.Y.AsSpan().SequenceEqual(own.Y);
    }

    public X509Certificate2 Pair(X509Certificate2 certificate) => Rsa is not null ? certificate.CopyWithPrivateKey(Rsa) : certificate.CopyWithPrivateKey(Ecdsa!);

    public void Dispose()
    {
        Rsa?.Dispose();
        Ecdsa?.Dispose();
    }
}
