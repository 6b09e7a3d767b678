using System.Management.Automation;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using FlywheelDicom.Network.Connection.Tls;

namespace FlywheelDicom.Cmdlets;

/// <summary>The parameters of TLS, for both ends of a connection.</summary>
public abstract class TlsCmdlet : DicomCmdlet
{
    private protected TlsCmdlet()
    {
    }

    /// <summary>Uses TLS. Any other parameter of TLS turns it on too.</summary>
    [Parameter]
    public SwitchParameter UseTls { get; set; }

    /// <summary>A secure transport connection profile of PS3.15 Annex B.</summary>
    [Parameter]
    [TlsProfileTransformation]
    public DicomTlsProfile TlsProfile { get; set; } = DicomTlsProfile.BCP195;

    /// <summary>Our certificate with its private key.</summary>
    [Parameter]
    [ValidateNotNull]
    public X509Certificate2? Certificate { get; set; }

    /// <summary>The file of our certificate: PEM or PFX.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CertificatePath { get; set; }

    /// <summary>The thumbprint of our certificate in the user's or the machine's store.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ThumbprintCompleter))]
    public string? CertificateThumbprint { get; set; }

    /// <summary>The PEM file of its private key.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>The password of the key or of the PFX.</summary>
    [Parameter]
    [SecretTransformation]
    public SecureString? KeyPassword { get; set; }

    /// <summary>PEM files of CAs that are trusted.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] TrustedCertificatePath { get; set; } = [];

    /// <summary>Online fetches revocation lists, Offline uses those that this machine has, None uses none.</summary>
    [Parameter]
    [ValidateSet("Online", "Offline", "None")]
    public string RevocationMode { get; set; } = "Offline";

    /// <summary>The parameters that turn TLS on, beside -UseTls.</summary>
    private protected virtual IEnumerable<string> TlsParameters
        => [nameof(TlsProfile), nameof(Certificate), nameof(CertificatePath), nameof(CertificateThumbprint), nameof(KeyPath), nameof(KeyPassword), nameof(TrustedCertificatePath), nameof(RevocationMode)];

    /// <summary>Whether TLS is asked for; null where no parameter says so.</summary>
    private protected bool? AsksForTls
    {
        get
        {
            var bound = MyInvocation.BoundParameters;
            if (bound.ContainsKey(nameof(UseTls)))
                return UseTls;
            return TlsParameters.Any(bound.ContainsKey) ? true : null;
        }
    }

    private protected X509RevocationMode Revocation => RevocationMode switch
    {
        "Online" => X509RevocationMode.Online,
        "None" => X509RevocationMode.NoCheck,
        _ => X509RevocationMode.Offline,
    };

    /// <summary>Our certificate, from the parameter that gives it; null where none does.</summary>
    private protected CertificateWithChain? ReadCertificate() => Certificates.Read<CertificateWithChain?>(CertificatePath ?? CertificateThumbprint, () =>
    {
        if (new object?[] { Certificate, CertificatePath, CertificateThumbprint }.Count(given => given is not null) > 1)
            throw new CertificateFileException("CertificateGivenTwice", "Give one of -Certificate, -CertificatePath and -CertificateThumbprint.");
        if (Certificate is { HasPrivateKey: false })
            throw new CertificateFileException("PrivateKeyMissing", $"The certificate '{Certificate.Subject}' has no private key.");
        if (Certificate is not null)
            return new CertificateWithChain(Certificate, []);
        if (KeyPath is not null && CertificatePath is null)
            throw new CertificateFileException("CertificateMissing", "-KeyPath is given without the certificate that it belongs to. Give that with -CertificatePath.");
        return ReadCertificate(CertificatePath, KeyPath, CertificateThumbprint);
    });

    /// <summary>The certificate that a destination names.</summary>
    private protected CertificateWithChain? ReadCertificate(DicomTls named)
        => Certificates.Read<CertificateWithChain?>(named.CertificatePath ?? named.CertificateThumbprint, () => ReadCertificate(named.CertificatePath, named.KeyPath, named.CertificateThumbprint));

    private protected bool IsCertificateGiven => Certificate is not null || CertificatePath is not null || CertificateThumbprint is not null;

    private protected X509Certificate2Collection ReadTrusted(IEnumerable<string> paths) => Certificates.ReadTrusted([.. paths]);

    /// <summary>The path in the file system, to be kept in place of one that is relative to the location of now.</summary>
    private protected string? FullPath(string? path) => path is null ? null : Certificates.Read(path, () => Certificates.Resolved(path));

    private CertificateWithChain? ReadCertificate(string? path, string? keyPath, string? thumbprint)
    {
        if (path is null)
            return thumbprint is null ? null : new CertificateWithChain(StoredCertificates.Read(thumbprint), []);
        var key = keyPath is null ? null : Certificates.Resolved(keyPath);
        var certificate = Certificates.Resolved(path);
        if (CertificateFiles.IsReadableByEveryone(key ?? certificate))
            WriteWarning($"The private key file '{key ?? certificate}' can be read by everyone on this machine. Restrict it (chmod 600).");
        try
        {
            return CertificateFiles.ReadWithKey(certificate, key, SecretTransformationAttribute.Reveal(KeyPassword), TimeProvider.System);
        }
        catch (CertificateFileException e) when (e.ErrorId == "KeyPasswordRequired" && TakesLockedKey())
        {
            return null;
        }
    }

    /// <summary>Whether a key whose password is not given will do, since it is not used now.</summary>
    private protected virtual bool TakesLockedKey() => false;

    private protected X509Certificate2Collection ReadTrusted() => Certificates.ReadTrusted(TrustedCertificatePath);

    private CertificateParameters Certificates => new(this);

    private protected void WarnOfPlatformLimits()
    {
        if (!TlsProfileRules.CanLimitCipherSuites)
        {
            WriteWarning($"Windows decides on cipher suites for the whole machine: of profile {TlsProfile}, versions (TLS 1.2 and 1.3), key sizes and certificates are enforced here, "
                + "its list of suites is not. Restrict it with Enable-TlsCipherSuite and Disable-TlsCipherSuite.");
        }
    }
}
