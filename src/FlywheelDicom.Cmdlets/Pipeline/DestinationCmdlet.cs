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
    public int Port { get; set; } = DicomDestination.DefaultPort;

    /// <summary>AE title of the receiver.</summary>
    [Parameter(Position = 2)]
    [ValidateAETitle]
    public string CalledAE { get; set; } = DicomDestination.DefaultCalledAE;

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

    /// <summary>The destination, with the values of the parameters that were given beside it.</summary>
    private protected DicomDestination Resolve(DicomDestination destination)
    {
        var bound = MyInvocation.BoundParameters;
        DestinationCompleter.Remember(destination.Host);
        var tls = ResolveTls(destination.Tls);
        if (tls is { SkipCertificateCheck: true })
            WriteWarning($"The certificate of {destination.Host} is not checked: whoever is on the way can read and change what is sent.");
        return destination with
        {
            Tls = tls,
            Port = bound.ContainsKey(nameof(Port)) ? Port : destination.Port,
            CalledAE = bound.ContainsKey(nameof(CalledAE)) ? CalledAE : destination.CalledAE,
            CallingAE = bound.ContainsKey(nameof(CallingAE)) ? CallingAE : destination.CallingAE,
        };
    }

    private DicomTls? ResolveTls(DicomTls? given)
    {
        if (AsksForTls is not { } asked)
            return given;
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
        return tls with
        {
            Profile = bound.ContainsKey(nameof(TlsProfile)) ? TlsProfile : tls.Profile,
            Certificate = _files.Own?.Certificate ?? tls.Certificate, Intermediates = _files.Own?.Intermediates ?? tls.Intermediates,
            TrustedCertificates = bound.ContainsKey(nameof(TrustedCertificatePath)) ? _files.Trusted : tls.TrustedCertificates,
            ServerName = TlsServerName ?? tls.ServerName,
            SkipCertificateCheck = bound.ContainsKey(nameof(SkipCertificateCheck)) ? SkipCertificateCheck : tls.SkipCertificateCheck,
            RevocationMode = bound.ContainsKey(nameof(RevocationMode)) ? Revocation : tls.RevocationMode,
        };
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
