using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Connection.Tls;
using FlywheelDicom.Network.Scp;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.Network;

/// <summary>Which certificates of a server are trusted, and what is said of those that are not.</summary>
public sealed class TlsTrustTests
{
    private static PeerCertificateCheck Check(params X509Certificate2[] trusted) => new() { Trusted = [.. trusted], ExpectedName = "localhost" };

    /// <summary>As SslStream calls it: what the server sent beside its own certificate stands in the chain's extra store.</summary>
    private static bool Validate(PeerCertificateCheck check, X509Certificate2 leaf, SslPolicyErrors errors, params X509Certificate2[] sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        return check.Validate(chain, leaf, chain, errors);
    }

    private static void AssertTaken(PeerCertificateCheck check, X509Certificate2 leaf, params X509Certificate2[] sent)
        => Assert.True(Validate(check, leaf, SslPolicyErrors.RemoteCertificateChainErrors, sent), check.Reason);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Named_root_decides_whatever_cross_certificate_of_an_expired_CA_is_sent(bool crossHasExpired, bool sendsOldRoot)
    {
        var old = new TestAuthority("Old root", -1000, -1);
        var root = new TestAuthority("New root");
        var intermediate = root.Intermediate("Issuing CA");
        var cross = old.CrossCertificate(root, crossHasExpired ? -900 : -5, crossHasExpired ? -2 : 90);
        X509Certificate2[] sent = sendsOldRoot ? [intermediate.Certificate, cross, old.Certificate] : [intermediate.Certificate, cross];
        AssertTaken(Check(root.Certificate), intermediate.Issue(), sent);
        AssertTaken(Check(root.Certificate), intermediate.Issue(), [.. sent.Reverse()]);
        AssertTaken(Check(root.Certificate), root.Issue(), sent);
        AssertTaken(Check(root.Certificate, old.Certificate), intermediate.Issue(), sent);
    }

    [Fact]
    public async Task Handshake_with_a_cross_certificate_of_an_expired_CA_succeeds_where_the_new_root_is_named()
    {
        var old = new TestAuthority("Old root", -1000, -1);
        var root = new TestAuthority("New root");
        var intermediate = root.Intermediate("Issuing CA");
        var tls = new DicomServerTls { Certificate = intermediate.Issue(), Intermediates = [intermediate.Certificate, old.CrossCertificate(root), old.Certificate] };
        await using var server = DicomServer.Start(new DicomServerOptions { Tls = tls });
        await using var client = new DicomClient(
            new DicomDestination { Host = "localhost", Port = server.Port, Tls = new DicomTls { TrustedCertificates = [root.Certificate] } }, new DicomClientOptions());
        Assert.Equal(DicomStatus.Success, (await client.EchoAsync()).Response!.Status);
    }

    [Fact]
    public void Old_intermediate_that_is_sent_beside_its_renewed_one_does_not_count()
    {
        var root = new TestAuthority("Root");
        var intermediate = root.Intermediate("Issuing CA");
        var expired = root.CrossCertificate(intermediate, -9, -1);
        AssertTaken(Check(root.Certificate), intermediate.Issue(), expired, intermediate.Certificate);
        AssertTaken(Check(root.Certificate), intermediate.Issue(), intermediate.Certificate, expired);
    }

    [Fact]
    public void Named_intermediate_is_trusted_without_its_root()
    {
        var intermediate = new TestAuthority("Root").Intermediate("Issuing CA");
        var below = intermediate.Intermediate("CA below it");
        AssertTaken(Check(intermediate.Certificate), intermediate.Issue());
        AssertTaken(Check(intermediate.Certificate), intermediate.Issue(), intermediate.Certificate);
        AssertTaken(Check(intermediate.Certificate), below.Issue(), below.Certificate);
        var check = Check(intermediate.Certificate);
        Assert.False(Validate(check, new TestAuthority("Root").Intermediate("Issuing CA").Issue(), SslPolicyErrors.None));
        Assert.Equal(DicomNetworkError.CertificateUntrusted, check.Failure);
    }

    [Fact]
    public void Named_certificate_of_the_server_itself_is_trusted()
    {
        var ca = new TestAuthority("Unknown CA");
        var leaf = ca.Issue();
        AssertTaken(Check(leaf), leaf);
        AssertTaken(Check(leaf), leaf, ca.Certificate);
        var check = Check(leaf);
        Assert.False(Validate(check, ca.Issue(), SslPolicyErrors.None));
        Assert.Equal(DicomNetworkError.CertificateUntrusted, check.Failure);
    }

    [Fact]
    public void Named_certificate_is_refused_out_of_its_time_and_for_another_use()
    {
        var ca = new TestAuthority("Unknown CA");
        foreach (var (leaf, error) in new[]
        {
            (ca.Issue(startDays: -9, endDays: -1), DicomNetworkError.CertificateExpired),
            (ca.Issue(startDays: 2, endDays: 9), DicomNetworkError.CertificateNotYetValid),
            (ca.Issue(isClient: true), DicomNetworkError.CertificateUntrusted),
        })
        {
            var check = Check(leaf);
            Assert.False(Validate(check, leaf, SslPolicyErrors.None));
            Assert.Equal(error, check.Failure);
        }
    }

    [Fact]
    public void Named_intermediate_that_has_expired_is_refused_as_that()
    {
        var root = new TestAuthority("Root");
        var intermediate = root.Intermediate("Issuing CA");
        var check = Check(root.CrossCertificate(intermediate, -9, -1));
        Assert.False(Validate(check, intermediate.Issue(), SslPolicyErrors.None));
        Assert.Equal(DicomNetworkError.CertificateExpired, check.Failure);
        Assert.Contains("CN=Issuing CA", check.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Clients_are_trusted_by_the_same_rules()
    {
        var intermediate = new TestAuthority("Root").Intermediate("Clients' CA");
        PeerCertificateCheck Clients(X509Certificate2 trusted) => new() { Trusted = [trusted], TrustsOnlyOurs = true, IsClient = true };
        AssertTaken(Clients(intermediate.Certificate), intermediate.Issue(isClient: true));
        var pinned = intermediate.Issue(isClient: true);
        AssertTaken(Clients(pinned), pinned);
        Assert.False(Validate(Clients(pinned), intermediate.Issue(isClient: true), SslPolicyErrors.None));
    }

    [Theory]
    [InlineData("th-TH")]
    [InlineData("ar-SA")]
    [InlineData("fa-IR")]
    public void Dates_are_the_same_in_every_culture(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(culture);
            var ca = new TestAuthority();
            var leaf = ca.Issue(startDays: -9, endDays: -1);
            var check = Check(ca.Certificate);
            Assert.False(Validate(check, leaf, SslPolicyErrors.None));
            Assert.Equal("it expired on " + leaf.NotAfter.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), check.Reason);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    public static TheoryData<string, string, string> WrongNames => new()
    {
        { "DNS:10.0.0.1", "10.0.0.1", "stands there as a DNS name, which does not count for an address; it has to be there as IP:10.0.0.1" },
        { "URI:https://pacs.example.org:2762/", "pacs.example.org", "stands there as a URI, which does not count for a host; it has to be there as DNS:pacs.example.org" },
        { "URI:dicom://10.0.0.1", "10.0.0.1", "stands there as a URI" },
        { "MAIL:pacs.example.org", "pacs.example.org", "stands there as a mail address" },
        { "", "localhost", "it has no subject alternative name" },
        { "CN+DNS:other.example.org", "pacs.example.org", "is its common name, which does not count beside alternative names" },
        { "DNS:*.example.org", "a.pacs.example.org", "the wildcard in '*.example.org' stands for one whole first label" },
        { "DNS:*.example.org", "example.org", "the wildcard in '*.example.org' stands for one whole first label" },
        { "DNS:pacs.example.org", "pacs.example.com", "it is for 'pacs.example.org', not for 'pacs.example.com'" },
        { "BADIP", "10.0.0.1", "not for '10.0.0.1'" },
    };

    [Theory]
    [MemberData(nameof(WrongNames))]
    public async Task Name_of_the_wrong_kind_is_told_so(string names, string expected, string words)
    {
        var certificate = Named(names, expected);
        await using var server = DicomServer.Start(new DicomServerOptions { Tls = new DicomServerTls { Certificate = certificate } });
        var tls = new DicomTls { TrustedCertificates = [X509CertificateLoader.LoadCertificate(certificate.RawData)], ServerName = expected };
        await using var client = new DicomClient(new DicomDestination { Host = "127.0.0.1", Port = server.Port, Tls = tls }, new DicomClientOptions());
        var e = await Assert.ThrowsAsync<DicomNetworkException>(() => client.EchoAsync());
        Assert.True(e.Error == DicomNetworkError.CertificateNameMismatch, e.ToString());
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DNS:*.example.org", "pacs.example.org")]
    [InlineData("DNS:PACS.example.org", "pacs.EXAMPLE.org")]
    [InlineData("CN", "pacs.example.org")]
    [InlineData("IP:10.0.0.1", "10.0.0.1")]
    [InlineData("IP:fd00::1", "fd00::1")]
    public async Task Name_of_the_right_kind_is_taken(string names, string expected)
    {
        var certificate = Named(names, expected);
        await using var server = DicomServer.Start(new DicomServerOptions { Tls = new DicomServerTls { Certificate = certificate } });
        var tls = new DicomTls { TrustedCertificates = [X509CertificateLoader.LoadCertificate(certificate.RawData)], ServerName = expected };
        await using var client = new DicomClient(new DicomDestination { Host = "127.0.0.1", Port = server.Port, Tls = tls }, new DicomClientOptions());
        Assert.Equal(DicomStatus.Success, (await client.EchoAsync()).Response!.Status);
    }

    private static X509Certificate2 Named(string names, string expected)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parts = names.Split('+', StringSplitOptions.RemoveEmptyEntries);
        var request = new CertificateRequest(parts.Contains("CN") ? $"CN={expected}" : "CN=test peer", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var san = new SubjectAlternativeNameBuilder();
        foreach (var part in parts)
        {
            if (part.StartsWith("IP:", StringComparison.Ordinal))
                san.AddIpAddress(System.Net.IPAddress.Parse(part[3..]));
            else if (part.StartsWith("URI:", StringComparison.Ordinal))
                san.AddUri(new Uri(part[4..], UriKind.RelativeOrAbsolute));
            else if (part.StartsWith("MAIL:", StringComparison.Ordinal))
                san.AddEmailAddress(part[5..]);
            else if (part.StartsWith("DNS:", StringComparison.Ordinal))
                san.AddDnsName(part[4..]);
        }
        if (names == "BADIP")
            request.CertificateExtensions.Add(new X509Extension("2.5.29.17", [0x30, 7, 0x87, 5, 10, 0, 0, 1, 9], false));
        else if (parts.Any(p => p != "CN"))
            request.CertificateExtensions.Add(san.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.Now.AddDays(-1), DateTimeOffset.Now.AddDays(9));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
