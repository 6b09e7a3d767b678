using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom.TestSupport;

/// <summary>Certificates good and bad, made when they are needed.</summary>
public sealed class TestAuthority
{
    private readonly X509Certificate2 _certificate;

    public TestAuthority(string name = "Test CA", int startDays = -10, int endDays = 365)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _certificate = request.CreateSelfSigned(DateTimeOffset.Now.AddDays(startDays), DateTimeOffset.Now.AddDays(endDays));
    }

    private TestAuthority(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>Without its key.</summary>
    public X509Certificate2 Certificate => new(_certificate.RawData);

    /// <summary>One below this one.</summary>
    public TestAuthority Intermediate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var issued = request.Create(_certificate, _certificate.NotBefore, _certificate.NotAfter, RandomNumberGenerator.GetBytes(8));
        return new TestAuthority(issued.CopyWithPrivateKey(key));
    }

    /// <summary>A certificate for another authority's name and key, signed by this one.</summary>
    public X509Certificate2 CrossCertificate(TestAuthority other, double startDays = -5, double endDays = 90)
    {
        ArgumentNullException.ThrowIfNull(other);
        var request = new CertificateRequest(other._certificate.SubjectName, other._certificate.PublicKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        var generator = X509SignatureGenerator.CreateForECDsa(_certificate.GetECDsaPrivateKey()!);
        return request.Create(
            _certificate.SubjectName, generator, DateTimeOffset.Now.AddDays(startDays), DateTimeOffset.Now.AddDays(endDays), RandomNumberGenerator.GetBytes(8));
    }

    /// <summary>A list that takes certificates back.</summary>
    public byte[] Revoke(params X509Certificate2[] certificates)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var certificate in certificates)
            list.AddEntry(certificate);
        return list.Build(_certificate, 1, DateTimeOffset.Now.AddDays(7), HashAlgorithmName.SHA256);
    }

    /// <summary>A certificate with its key, for a server or a client.</summary>
    /// <param name="names">DNS names and addresses.</param>
    /// <param name="startDays">From today.</param>
    /// <param name="endDays">From today.</param>
    /// <param name="isClient">For a client.</param>
    /// <param name="rsaBits">0: an elliptic curve.</param>
    /// <param name="crl">Where it says that its issuer's revocation list is.</param>
    public X509Certificate2 Issue(string[]? names = null, double startDays = -5, double endDays = 90, bool isClient = false, int rsaBits = 0, string? crl = null)
    {
        using var rsa = rsaBits > 0 ? RSA.Create(rsaBits) : null;
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = rsa is not null
            ? new CertificateRequest("CN=test peer", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("CN=test peer", ecdsa, HashAlgorithmName.SHA256);
        var san = new SubjectAlternativeNameBuilder();
        foreach (var name in names ?? ["localhost", "127.0.0.1"])
        {
            if (IPAddress.TryParse(name, out var address))
                san.AddIpAddress(address);
            else
                san.AddDnsName(name);
        }
        request.CertificateExtensions.Add(san.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(isClient ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1")], false));
        if (crl is not null)
            request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([crl]));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        var generator = X509SignatureGenerator.CreateForECDsa(_certificate.GetECDsaPrivateKey()!);
        using var issued = request.Create(
            _certificate.SubjectName, generator, DateTimeOffset.Now.AddDays(startDays), DateTimeOffset.Now.AddDays(endDays), RandomNumberGenerator.GetBytes(8));
        using var paired = rsa is not null ? issued.CopyWithPrivateKey(rsa) : issued.CopyWithPrivateKey(ecdsa);
        return new X509Certificate2(paired.Export(X509ContentType.Pkcs12));
    }
}
