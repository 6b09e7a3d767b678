using System.Globalization;
using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Connection.Tls;

namespace FlywheelDicom.Cmdlets;

/// <summary>The parameters that say who is called, and as whom.</summary>
public abstract class DestinationCmdlet : TlsCmdlet
{
    private static readonly TimeSpan s_longestConnect = TimeSpan.FromSeconds(15);

    private TlsFiles? _files;

    private protected DestinationCmdlet()
    {
    }

    /// <summary>TCP port.</summary>
    [Parameter(Position = 1)]
    [ValidateRange(1, 65535)]
    [ArgumentCompleter(typeof(DestinationPortCompleter))]
    public virtual int Port { get; set; } = DicomDestination.DefaultPort;

    /// <summary>AE title of the receiver.</summary>
    [Parameter(Position = 2)]
    [Alias("AETitle", "AET")]
    [ValidateAETitle]
    [ArgumentCompleter(typeof(CalledAECompleter))]
    public virtual string CalledAE { get; set; } = DicomDestination.DefaultCalledAE;

    /// <summary>Our own AE title.</summary>
    [Parameter]
    [ValidateAETitle]
    public string CallingAE { get; set; } = DicomDestination.DefaultCallingAE;

    /// <summary>The name that the server's certificate must have, where it is not the one called.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TlsServerName { get; set; }

    /// <summary>Takes any certificate.</summary>
    [Parameter]
    public SwitchParameter SkipCertificateCheck { get; set; }

    private protected override IEnumerable<string> TlsParameters => [.. base.TlsParameters, nameof(TlsServerName), nameof(SkipCertificateCheck)];

    /// <summary>The destination, with the values of the parameters that were given beside it, and with its certificates.</summary>
    private protected DicomDestination Resolve(DicomDestination destination)
    {
        var bound = MyInvocation.BoundParameters;
        bool isPortGiven = bound.ContainsKey(nameof(Port)), isCalledAEGiven = bound.ContainsKey(nameof(CalledAE));
        RefuseConflict(destination, DestinationParts.Port, "port", destination.Port, isPortGiven ? Port : destination.Port, nameof(Port));
        RefuseConflict(destination, DestinationParts.CalledAE, "AE title", destination.CalledAE, isCalledAEGiven ? CalledAE.Trim(' ') : destination.CalledAE, nameof(CalledAE));
        var tls = ResolveTls(destination.Tls);
        if (tls is { SkipCertificateCheck: true })
            WriteWarning($"The certificate of {destination.Host} is not checked: whoever is on the way can read and change what is sent.");
        var resolved = destination with
        {
            Tls = tls,
            Port = isPortGiven ? Port : destination.Port,
            CalledAE = isCalledAEGiven ? CalledAE : destination.CalledAE,
            CallingAE = bound.ContainsKey(nameof(CallingAE)) ? CallingAE : destination.CallingAE,
            Stated = DestinationParts.None,
            Name = isPortGiven || isCalledAEGiven ? null : destination.Name,
            Scope = isPortGiven || isCalledAEGiven ? null : destination.Scope,
        };
        DestinationCompleter.Remember(resolved);
        return resolved;
    }

    /// <summary>A text such as host:port and a parameter beside it may say the same, and nothing else.</summary>
    private void RefuseConflict<T>(DicomDestination destination, DestinationParts part, string what, T stated, T given, string parameter)
    {
        if (!destination.Stated.HasFlag(part) || EqualityComparer<T>.Default.Equals(stated, given))
            return;
        var error = new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"-Destination names the {what} {stated}, and -{parameter} names {given}. Give it in one of them."));
        ThrowTerminatingError(DicomErrors.Record(error, "DicomDestinationConflict", destination));
    }

    private DicomTls? ResolveTls(DicomTls? given)
    {
        if (AsksForTls is not { } asked)
            return given is null ? null : Loaded(given);
        if (!asked)
            return null;
        var bound = MyInvocation.BoundParameters;
        var tls = given ?? new DicomTls();
        // Files are read once, also where several destinations come by the pipeline.
        if (_files is null)
        {
            _files = new TlsFiles(ReadCertificate(), ReadTrusted());
            WarnOfPlatformLimits();
        }
        if (IsCertificateGiven)
        {
            tls = tls with
            {
                Certificate = _files.Own?.Certificate, Intermediates = _files.Own?.Intermediates ?? [], CertificatePath = FullPath(CertificatePath), KeyPath = FullPath(KeyPath),
                CertificateThumbprint = CertificatePath is null ? _files.Own?.Certificate.Thumbprint : null,
            };
        }
        if (bound.ContainsKey(nameof(TrustedCertificatePath)))
            tls = tls with { TrustedCertificates = _files.Trusted, TrustedCertificatePath = [.. TrustedCertificatePath.Select(p => FullPath(p)!)] };
        return Loaded(tls with
        {
            Profile = bound.ContainsKey(nameof(TlsProfile)) ? TlsProfile : tls.Profile,
            ServerName = TlsServerName ?? tls.ServerName,
            SkipCertificateCheck = bound.ContainsKey(nameof(SkipCertificateCheck)) ? SkipCertificateCheck : tls.SkipCertificateCheck,
            RevocationMode = bound.ContainsKey(nameof(RevocationMode)) ? Revocation : tls.RevocationMode,
        });
    }

    /// <summary>A destination that was registered, or came from a file or a job, has its certificates by name only.</summary>
    private DicomTls Loaded(DicomTls tls)
    {
        if (tls.Certificate is null && ReadCertificate(tls) is { } own)
            tls = tls with { Certificate = own.Certificate, Intermediates = own.Intermediates };
        return tls.TrustedCertificates.Count > 0 || tls.TrustedCertificatePath.Count == 0 ? tls : tls with { TrustedCertificates = ReadTrusted(tls.TrustedCertificatePath) };
    }

    private protected static DicomClientOptions ClientOptions(int timeoutSeconds, int maxPduLength)
    {
        var timeout = TimeSpan.FromSeconds(timeoutSeconds);
        return new DicomClientOptions
        {
            ConnectTimeout = timeout < s_longestConnect ? timeout : s_longestConnect,
            AssociationTimeout = timeout, ResponseTimeout = timeout, WriteTimeout = timeout, MaxPduLength = maxPduLength,
        };
    }

    private sealed record TlsFiles(CertificateWithChain? Own, X509Certificate2Collection Trusted);
}
