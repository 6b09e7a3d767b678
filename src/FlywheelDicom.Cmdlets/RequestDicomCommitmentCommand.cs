using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using FlywheelDicom.Network.Services;
using FlywheelDicom.Transfer.Confirmation;

namespace FlywheelDicom.Cmdlets;

/// <summary>Asks the archive to commit itself to what it was sent (storage commitment).</summary>
[Cmdlet(VerbsLifecycle.Request, "DicomCommitment")]
[OutputType(typeof(DicomSendResult))]
public sealed class RequestDicomCommitmentCommand : ConfirmationCmdlet
{
    private CommitmentListener? _listener;

    /// <summary>The port at which the archive may call back; without it, it must answer on the association that asks.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    [ArgumentCompleter(typeof(ListenPortCompleter))]
    public int ListenPort { get; set; }

    /// <summary>The address to listen at: any, since the archive calls from elsewhere.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ListenAddressCompleter))]
    public IPAddress ListenAddress { get; set; } = IPAddress.Any;

    /// <summary>Seconds that the report may take.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int WaitTime { get; set; } = 60;

    /// <summary>Instances in one request.</summary>
    [Parameter]
    [ValidateRange(1, 50_000)]
    public int BatchSize { get; set; } = 1000;

    private protected override string Activity => "Asking for storage commitment";

    private protected override int WaitSeconds => WaitTime;

    private protected override ConfirmationOptions Options => base.Options with { BatchSize = BatchSize, Listener = _listener };

    private protected override Func<PipelinePump<DicomSendResult, DicomSendResult>, ChannelReader<DicomSendResult>, Task> Job(ConfirmationOptions options)
        => (pump, input) => new CommitmentJob(options, pump.EmitAsync, pump.Verbose, Cancellation).RunAsync(input);

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (ListenPort > 0)
        {
            try
            {
                _listener = CommitmentListener.Start(ListenAddress, ListenPort);
            }
            catch (SocketException e)
            {
                var error = new IOException($"Nothing can listen at {ListenAddress}:{ListenPort} for the archive's report: {e.Message}", e);
                ThrowTerminatingError(DicomErrors.Record(error, "DicomListenerNotStarted", ListenPort));
            }
        }
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            _listener?.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(1), CancellationToken.None);
    }
}
