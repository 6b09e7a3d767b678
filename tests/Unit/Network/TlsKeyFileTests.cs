using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FlywheelDicom.Network.Connection.Tls;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.Network;

/// <summary>Certificate and key files as people have them.</summary>
public sealed class TlsKeyFileTests : IDisposable
{
    private const string Password = "s3same";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fwdicom-test");
    private readonly TestAuthority _root = new("Root");

    public void Dispose() => _folder.Delete(true);

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string Write(string name, params string[] texts) => Write(name, Encoding.UTF8.GetBytes(string.Join('\n', texts) + "\n"));

    private static string Pkcs8(X509Certificate2 own) => own.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    private static string WithIndent(string pem) => string.Join("\r\n", pem.Split('\n').Select(l => "  \t" + l + " \v"));

    private static void AssertIs(X509Certificate2 expected, CertificateWithChain read)
    {
        Assert.Equal(expected.Thumbprint, read.Certificate.Thumbprint);
        Assert.True(read.Certificate.HasPrivateKey);
        using var key = read.Certificate.GetECDsaPrivateKey();
        Assert.NotNull((object?)key ?? read.Certificate.GetRSAPrivateKey());
    }

    private static CertificateFileException Fails(Action read, string id, params string[] words)
    {
        var e = Assert.Throws<CertificateFileException>(read);
        Assert.True(id == e.ErrorId, e.ToString());
        Assert.All(words, w => Assert.Contains(w, e.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(Password, e.ToString(), StringComparison.Ordinal);
        return e;
    }

    [Theory]
    [InlineData("byte order mark")]
    [InlineData("CRLF")]
    [InlineData("CR")]
    [InlineData("indented")]
    [InlineData("text before and after")]
    [InlineData("one line")]
    public void PEM_is_read_however_it_was_written(string how)
    {
        var own = _root.Issue();
        string Change(string pem) => how switch
        {
            "byte order mark" => "\uFEFF" + pem,
            "CRLF" => pem.ReplaceLineEndings("\r\n"),
            "CR" => pem.ReplaceLineEndings("\r"),
            "indented" => WithIndent(pem),
            "one line" => pem.Replace("\n", "", StringComparison.Ordinal),
            _ => "Bag Attributes\n    friendlyName: \u4F60\u597D\n    localKeyID: 01 02\nsubject=CN = x\n" + pem + "\nand more: text\n",
        };
        var (certificate, key) = (Write("c.pem", Change(own.ExportCertificatePem())), Write("k.pem", Change(Pkcs8(own))));
        AssertIs(own, CertificateFiles.ReadWithKey(certificate, key, null));
        AssertIs(own, CertificateFiles.ReadWithKey(Write("both.pem", Change(Pkcs8(own)) + "\n" + Change(own.ExportCertificatePem())), null, null));
        Assert.Equal(own.Thumbprint, CertificateFiles.ReadTrusted(certificate)[0].Thumbprint);
    }

    [Fact]
    public void Keys_and_certificates_in_DER_are_read()
    {
        var (ec, rsa) = (_root.Issue(), _root.Issue(rsaBits: 2048));
        using var ecKey = ec.GetECDsaPrivateKey()!;
        using var rsaKey = rsa.GetRSAPrivateKey()!;
        var strong = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        var (ecFile, rsaFile) = (Write("ec.der", ec.RawData), Write("rsa.der", rsa.RawData));
        AssertIs(ec, CertificateFiles.ReadWithKey(ecFile, Write("sec1.der", ecKey.ExportECPrivateKey()), null));
        AssertIs(ec, CertificateFiles.ReadWithKey(ecFile, Write("ec8.der", ecKey.ExportPkcs8PrivateKey()), null));
        AssertIs(ec, CertificateFiles.ReadWithKey(ecFile, Write("ec8e.der", ecKey.ExportEncryptedPkcs8PrivateKey(Password, strong)), Password));
        AssertIs(rsa, CertificateFiles.ReadWithKey(rsaFile, Write("pkcs1.der", rsaKey.ExportRSAPrivateKey()), null));
        AssertIs(rsa, CertificateFiles.ReadWithKey(rsaFile, Write("rsa8.der", [.. rsaKey.ExportPkcs8PrivateKey(), (byte)'\n']), null));
        AssertIs(rsa, CertificateFiles.ReadWithKey(Write("rsa.pem", rsa.ExportCertificatePem()), Write("rsa8e.der", rsaKey.ExportEncryptedPkcs8PrivateKey(Password, strong)), Password));
    }

    [Fact]
    public void Chain_in_any_order_is_sorted()
    {
        var upper = _root.Intermediate("Upper CA");
        var lower = upper.Intermediate("Lower CA");
        var own = lower.Issue();
        var pems = new[] { _root.Certificate, upper.Certificate, lower.Certificate, own, own, upper.Certificate }.Select(c => c.ExportCertificatePem()).ToArray();
        var key = Write("k.pem", Pkcs8(own));
        string[] sorted = [lower.Certificate.Thumbprint, upper.Certificate.Thumbprint, _root.Certificate.Thumbprint];
        foreach (var order in new[] { pems, [.. pems.Reverse()], [pems[2], pems[0], pems[3], pems[1]] })
        {
            var read = CertificateFiles.ReadWithKey(Write("chain.pem", order), key, null);
            AssertIs(own, read);
            Assert.Equal(sorted, read.Intermediates.Select(c => c.Thumbprint));
        }
    }

    [Fact]
    public void Of_two_certificates_of_one_key_the_one_in_its_time_is_taken()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        X509Certificate2 Made(int from, int to) => new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.Now.AddDays(from), DateTimeOffset.Now.AddDays(to));
        var (old, renewed) = (Made(-9, -1), Made(-2, 9));
        var path = Write("c.pem", old.ExportCertificatePem(), renewed.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        Assert.Equal(renewed.Thumbprint, CertificateFiles.ReadWithKey(path, null, null).Certificate.Thumbprint);
    }

    [Fact]
    public void Passwords_missing_wrong_and_needless_are_told_apart()
    {
        var own = _root.Issue();
        var certificate = Write("c.pem", own.ExportCertificatePem());
        using var key = own.GetECDsaPrivateKey()!;
        foreach (var (name, kind) in new[] { ("aes.pem", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA1, 100)), ("3des.pem", new PbeParameters(PbeEncryptionAlgorithm.TripleDes3KeyPkcs12, HashAlgorithmName.SHA1, 100)) })
        {
            var path = Write(name, key.ExportEncryptedPkcs8PrivateKeyPem(Password, kind));
            AssertIs(own, CertificateFiles.ReadWithKey(certificate, path, Password));
            Fails(() => CertificateFiles.ReadWithKey(certificate, path, null), "KeyPasswordRequired", "encrypted", "-KeyPassword");
            foreach (var wrong in Enumerable.Range(0, 40).Select(i => "wrong" + i))
                Fails(() => CertificateFiles.ReadWithKey(certificate, path, wrong), "KeyPasswordWrong", "-KeyPassword is wrong");
        }
        AssertIs(own, CertificateFiles.ReadWithKey(certificate, Write("plain.pem", Pkcs8(own)), Password));
        var pfx = Write("me.pfx", own.Export(X509ContentType.Pkcs12, Password));
        AssertIs(own, CertificateFiles.ReadWithKey(pfx, null, Password));
        Fails(() => CertificateFiles.ReadWithKey(pfx, null, null), "KeyPasswordRequired", "Give its password");
        Fails(() => CertificateFiles.ReadWithKey(pfx, null, "wrong"), "KeyPasswordWrong", "-KeyPassword is wrong");
        var open = Write("open.pfx", own.Export(X509ContentType.Pkcs12));
        AssertIs(own, CertificateFiles.ReadWithKey(open, null, null));
        Fails(() => CertificateFiles.ReadWithKey(pfx, certificate, Password), "CertificateGivenTwice", "Leave -KeyPath out");
    }

    [Fact]
    public void What_is_no_private_key_is_named_for_what_it_is()
    {
        var own = _root.Issue();
        var certificate = Write("c.pem", own.ExportCertificatePem());
        using var key = own.GetECDsaPrivateKey()!;
        using var dsa = DSA.Create(1024);
        var request = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256);
        string Body(string label, byte[] data) => PemEncoding.WriteString(label, data);
        foreach (var (name, content, id, words) in new (string, byte[], string, string)[]
        {
            ("public.pem", Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem()), "PrivateKeyMissing", "a public key"),
            ("public.der", key.ExportSubjectPublicKeyInfo(), "PrivateKeyMissing", "a public key"),
            ("request.pem", Encoding.ASCII.GetBytes(request.CreateSigningRequestPem()), "PrivateKeyMissing", "a certificate request"),
            ("request.der", request.CreateSigningRequest(), "PrivateKeyMissing", "a certificate request"),
            ("cert.der", own.RawData, "PrivateKeyMissing", "a certificate"),
            ("openssh", Encoding.ASCII.GetBytes(Body("OPENSSH PRIVATE KEY", [1, 2, 3])), "PrivateKeyUnreadable", "OpenSSH"),
            ("key.ppk", Encoding.ASCII.GetBytes("PuTTY-User-Key-File-3: ssh-rsa\r\nEncryption: none\r\n"), "PrivateKeyUnreadable", "PuTTY"),
            ("dsa.pem", Encoding.ASCII.GetBytes(dsa.ExportPkcs8PrivateKeyPem()), "PrivateKeyUnreadable", "DSA key"),
            ("dsaold.pem", Encoding.ASCII.GetBytes(Body("DSA PRIVATE KEY", [1])), "PrivateKeyUnreadable", "DSA key"),
            ("damaged.pem", Encoding.ASCII.GetBytes(Body("PRIVATE KEY", [0x30, 3, 2, 1, 0])), "PrivateKeyUnreadable", "damaged"),
            ("cut.pem", Encoding.ASCII.GetBytes(Pkcs8(own)[..60]), "CertificateUnreadable", "has no end"),
            ("rubbish.pem", "-----BEGIN PRIVATE KEY-----\n?!\n-----END PRIVATE KEY-----"u8.ToArray(), "CertificateUnreadable", "damaged"),
            ("utf16.pem", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Pkcs8(own))], "CertificateUnreadable", "UTF-16"),
            ("utf16be.pem", Encoding.BigEndianUnicode.GetBytes(Pkcs8(own)), "CertificateUnreadable", "UTF-16"),
            ("empty.pem", [], "CertificateUnreadable", "is empty"),
            ("nonsense", "nonsense"u8.ToArray(), "PrivateKeyMissing", "neither PEM nor DER"),
        })
        {
            var path = Write(name, content);
            var e = Fails(() => CertificateFiles.ReadWithKey(certificate, path, Password), id, words, path);
            Assert.DoesNotContain("does not belong", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("password", e.Message, StringComparison.OrdinalIgnoreCase);
        }
        Fails(() => CertificateFiles.ReadWithKey(certificate, Write("other.pem", Pkcs8(_root.Issue())), null), "PrivateKeyMismatch", "does not belong");
    }

    [Fact]
    public void What_is_no_certificate_is_named_for_what_it_is()
    {
        var own = _root.Issue();
        using var key = own.GetECDsaPrivateKey()!;
        var request = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256);
        var pkcs7 = new X509Certificate2Collection(own).ExportPkcs7Pem();
        foreach (var (name, content, words) in new (string, byte[], string)[]
        {
            ("trusted.pem", Encoding.ASCII.GetBytes(own.ExportCertificatePem().Replace("CERTIFICATE", "TRUSTED CERTIFICATE", StringComparison.Ordinal)), "TRUSTED CERTIFICATE"),
            ("some.p7b", Encoding.ASCII.GetBytes(pkcs7), "PKCS#7"),
            ("some.p7", new X509Certificate2Collection(own).Export(X509ContentType.Pkcs7)!, "PKCS#7"),
            ("request.pem", Encoding.ASCII.GetBytes(request.CreateSigningRequestPem()), "certificate request"),
            ("request.der", request.CreateSigningRequest(), "certificate request"),
            ("key.pem", Encoding.ASCII.GetBytes(Pkcs8(own)), "a private key"),
            ("utf16.pem", Encoding.Unicode.GetBytes(own.ExportCertificatePem()), "UTF-16"),
            ("rubbish.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"u8.ToArray(), "no certificate that can be read"),
            ("nonsense", "nonsense"u8.ToArray(), "neither PEM nor DER"),
        })
        {
            var path = Write(name, content);
            Fails(() => CertificateFiles.ReadTrusted(path), "CertificateUnreadable", words, path);
            Fails(() => CertificateFiles.ReadWithKey(path, Write("k.pem", Pkcs8(own)), null), "CertificateUnreadable", words, path);
        }
        Fails(() => CertificateFiles.ReadTrusted(Write("me.pfx", own.Export(X509ContentType.Pkcs12, Password))), "CertificateUnreadable", "PFX");
        // One of no use among good ones is told too: it would be missed much later.
        Fails(() => CertificateFiles.ReadTrusted(Write("mixed.pem", own.ExportCertificatePem(), pkcs7)), "CertificateUnreadable", "PKCS#7");
        Assert.Single(CertificateFiles.ReadTrusted(Write("bothkeyandcert.pem", Pkcs8(own), own.ExportCertificatePem())));
    }

    [Theory]
    [InlineData("genpkey -algorithm ed25519 -out {0}", "Ed25519")]
    [InlineData("genpkey -algorithm ed448 -out {0}", "Ed448")]
    [InlineData("genpkey -algorithm ed25519 -outform DER -out {0}", "Ed25519")]
    [InlineData("genpkey -algorithm ed25519 -aes-256-cbc -pass pass:{1} -out {0}", "Ed25519")]
    [InlineData("genpkey -algorithm rsa-pss -pkeyopt rsa_keygen_bits:2048 -out {0}", "RSASSA-PSS")]
    [InlineData("genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit -out {0}", "explicit parameters")]
    [InlineData("ecparam -genkey -name prime256v1 -param_enc explicit -out {0}", "explicit parameters")]
    [InlineData("genpkey -algorithm x25519 -out {0}", "X25519")]
    public void Key_that_is_of_no_use_is_named_for_what_it_is(string command, string words)
    {
        ArgumentNullException.ThrowIfNull(command);
        var path = Path.Combine(_folder.FullName, "key");
        if (!OpenSsl(string.Format(null, command, path, Password)))
            return;
        var certificate = Write("c.pem", _root.Issue().ExportCertificatePem());
        var e = Fails(() => CertificateFiles.ReadWithKey(certificate, path, command.Contains("{1}", StringComparison.Ordinal) ? Password : null), "PrivateKeyUnreadable", words, path);
        Assert.DoesNotContain("password", e.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("does not belong", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the right one")]
    [InlineData("a wrong one")]
    [InlineData("none")]
    public void Key_encrypted_with_scrypt_is_named_for_that_whatever_the_password(string which)
    {
        var password = which switch { "none" => null, "the right one" => Password, _ => "wrong" };
        var own = _root.Issue();
        var (plain, path) = (Write("plain.pem", Pkcs8(own)), Path.Combine(_folder.FullName, "scrypt.pem"));
        if (!OpenSsl($"pkcs8 -topk8 -scrypt -passout pass:{Password} -in {plain} -out {path}"))
            return;
        var e = Fails(() => CertificateFiles.ReadWithKey(Write("c.pem", own.ExportCertificatePem()), path, password), "PrivateKeyUnreadable", "scrypt", "openssl pkcs8");
        Assert.DoesNotContain("wrong", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Certificate_for_a_key_of_no_use_is_named_for_what_it_is()
    {
        var (key, certificate) = (Path.Combine(_folder.FullName, "ed.key"), Path.Combine(_folder.FullName, "ed.pem"));
        if (!OpenSsl($"req -x509 -newkey ed25519 -nodes -keyout {key} -out {certificate} -days 9 -subj /CN=x"))
            return;
        Fails(() => CertificateFiles.ReadWithKey(certificate, key, null), "PrivateKeyUnreadable", "Ed25519");
        Fails(() => CertificateFiles.ReadWithKey(certificate, Write("k.pem", Pkcs8(_root.Issue())), null), "CertificateUnreadable", "Ed25519");
    }

    [Fact]
    public void Keys_that_openssl_writes_are_read()
    {
        var own = _root.Issue(rsaBits: 2048);
        var certificate = Write("c.pem", own.ExportCertificatePem());
        var plain = Write("plain.pem", own.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        foreach (var options in new[] { "-v2 aes-256-cbc", "-v2 aes-128-cbc -v2prf hmacWithSHA1", "-v2 aes-192-cbc -v2prf hmacWithSHA512 -iter 77", "-v2 des3", "-v1 PBE-SHA1-3DES" })
        {
            var path = Path.Combine(_folder.FullName, "key.pem");
            if (!OpenSsl($"pkcs8 -topk8 {options} -passout pass:{Password} -in {plain} -out {path}"))
                return;
            AssertIs(own, CertificateFiles.ReadWithKey(certificate, path, Password));
            Fails(() => CertificateFiles.ReadWithKey(certificate, path, "wrong"), "KeyPasswordWrong");
        }
    }

    [Fact]
    public async Task Path_that_is_no_file_is_told_at_once()
    {
        Fails(() => CertificateFiles.ReadTrusted(_folder.FullName), "CertificateUnreadable", "is a folder");
        Fails(() => CertificateFiles.ReadTrusted(Path.Combine(_folder.FullName, "none")), "CertificateFileNotFound", "does not exist");
        Fails(() => CertificateFiles.ReadTrusted(Path.Combine(_folder.FullName, "no", "such", "folder")), "CertificateFileNotFound", "does not exist");
        var bracketed = Write("a[1].pem", _root.Certificate.ExportCertificatePem());
        Assert.Single(CertificateFiles.ReadTrusted(bracketed));
        if (OperatingSystem.IsWindows())
            return;
        Fails(() => CertificateFiles.ReadTrusted("/dev/zero"), "CertificateUnreadable", "device");
        var pipe = Path.Combine(_folder.FullName, "pipe");
        using (var made = Process.Start("mkfifo", pipe))
            await made.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        var read = Task.Run(() => Fails(() => CertificateFiles.ReadTrusted(pipe), "CertificateUnreadable", "pipe"));
        await read.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Key_is_kept_in_memory_alone_where_the_platform_can()
    {
        Assert.Equal(X509KeyStorageFlags.EphemeralKeySet, KeyStorage.FlagsFor(OSPlatform.Linux));
        Assert.Equal(X509KeyStorageFlags.EphemeralKeySet, KeyStorage.FlagsFor(OSPlatform.FreeBSD));
        Assert.Equal(X509KeyStorageFlags.DefaultKeySet, KeyStorage.FlagsFor(OSPlatform.OSX));
        Assert.Equal(X509KeyStorageFlags.DefaultKeySet, KeyStorage.FlagsFor(OSPlatform.Windows));
    }

    /// <summary>False where it is not installed, or too old for that.</summary>
    private static bool OpenSsl(string arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            _ = process.StandardError.ReadToEndAsync();
            _ = process.StandardOutput.ReadToEndAsync();
            return process.WaitForExit(30_000) && process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
