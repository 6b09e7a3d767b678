using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Connection.Tls;
using FlywheelDicom.Network.Scp;

namespace FlywheelDicom.Cmdlets;

/// <summary>Starts the built-in Storage SCP.</summary>
[Cmdlet(VerbsLifecycle.Start, "DicomReceiver", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(DicomReceiver))]
public sealed class StartDicomReceiverCommand : TlsCmdlet
{
    private const string PathSet = "Path";
    private const string DiscardSet = "Discard";

    /// <summary>TCP port; 0 takes any free one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    [ArgumentCompleter(typeof(ListenPortCompleter))]
    public int Port { get; set; }

    /// <summary>Callers must call by this; without it, by anything.</summary>
    [Parameter]
    [Alias("AET")]
    [ValidateAETitle]
    public string? AETitle { get; set; }

    /// <summary>The folder that files go to; it is made if need be.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Takes everything and keeps nothing.</summary>
    [Parameter(Mandatory = true, ParameterSetName = DiscardSet)]
    public SwitchParameter Discard { get; set; }

    /// <summary>The address to listen at: loopback, unless others are meant to send here.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ListenAddressCompleter))]
    public IPAddress ListenAddress { get; set; } = IPAddress.Loopback;

    /// <summary>Associations taken at a time.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int MaxAssociations { get; set; } = 64;

    /// <summary>Bytes of the longest PDU that is taken.</summary>
    [Parameter]
    [ValidateRange(DicomClientOptions.MinMaxPduLength, DicomClientOptions.MaxMaxPduLength)]
    public int MaxPduLength { get; set; } = DicomClientOptions.DefaultMaxPduLength;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!ShouldProcess($"{ListenAddress}:{Port}", "Start DICOM receiver"))
            return;
        var tls = ServerTls();
        var folder = Discard ? null : Resolved(Path);
        try
        {
            var server = DicomServer.Start(new DicomServerOptions
            {
                Address = ListenAddress, Port = Port, AETitle = AETitle?.Trim(), MaxAssociations = MaxAssociations, MaxPduLength = MaxPduLength,
                Tls = tls,
                Sink = folder is null ? new DiscardSink() : new FolderSink(folder),
            });
            var receiver = new DicomReceiver(server, ListenAddress.ToString(), AETitle?.Trim(), folder, tls is not null);
            ModuleState.Current.Receivers.Add(receiver);
            WriteObject(receiver);
        }
        catch (SocketException e)
        {
            var error = new IOException($"A receiver cannot listen at {ListenAddress}:{Port}: {e.Message}", e);
            ThrowTerminatingError(DicomErrors.Record(error, "DicomReceiverNotStarted", Port));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var error = new IOException($"The receiver's folder '{folder}' cannot be used: {e.Message}", e);
            ThrowTerminatingError(DicomErrors.Record(error, "DicomReceiverFolder", folder));
        }
    }

    private DicomServerTls? ServerTls()
    {
        if (AsksForTls != true)
            return null;
        if (ReadCertificate() is not { } own)
        {
            var error = new ArgumentException("A receiver needs a certificate to speak TLS. Give one with -Certificate or -CertificatePath.");
            ThrowTerminatingError(DicomErrors.Record(error, "CertificateMissing", null));
            return null;
        }
        WarnOfPlatformLimits();
        return new DicomServerTls
        {
            Profile = TlsProfile, Certificate = own.Certificate, Intermediates = own.Intermediates, TrustedCertificates = ReadTrusted(), RevocationMode = Revocation,
        };
    }
}
