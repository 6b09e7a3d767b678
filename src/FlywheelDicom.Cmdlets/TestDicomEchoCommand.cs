using System.Management.Automation;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Cmdlets;

/// <summary>Asks a DICOM server whether it is there (C-ECHO).</summary>
[Cmdlet(VerbsDiagnostic.Test, "DicomEcho")]
[OutputType(typeof(DicomEchoResult))]
public sealed class TestDicomEchoCommand : DestinationCmdlet
{
    /// <summary>A host name, an IPv4 or IPv6 address, or what New-DicomDestination made.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("ComputerName", "HostName")]
    [DestinationTransformation]
    [ArgumentCompleter(typeof(DestinationCompleter))]
    public DicomDestination Destination { get; set; } = null!;

    /// <summary>Seconds for each answer of the peer.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int Timeout { get; set; } = 30;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var destination = Resolve(Destination);
        var options = new StoreOptions { RetryTime = TimeSpan.Zero, Client = ClientOptions(Timeout, DicomClientOptions.DefaultMaxPduLength) };
        try
        {
            var started = TimeProvider.System.GetTimestamp();
            var (response, peer, tls) = Wait(() => StoreJob.CheckAsync(destination, options, _ => { }, Cancellation));
            WriteObject(new DicomEchoResult
            {
                Destination = destination, Status = response?.Status, Duration = TimeProvider.System.GetElapsedTime(started),
                MaxPduLength = peer.MaxPduLength, ImplementationClassUid = peer.ImplementationClassUid, ImplementationVersion = peer.ImplementationVersion,
                Tls = tls,
            });
            if (tls is { DaysLeft: < 30 and var days })
                WriteWarning(FormattableString.Invariant($"The certificate of {destination} expires in {days} days, on {tls.PeerExpires:yyyy-MM-dd}."));
            if (response is null)
                WriteWarning($"{destination} takes associations, but not Verification (C-ECHO).");
        }
        catch (DicomNetworkException e)
        {
            WriteError(DicomErrors.For(e, destination));
        }
    }
}
