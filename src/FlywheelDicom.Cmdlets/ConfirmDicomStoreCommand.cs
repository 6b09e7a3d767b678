using System.Management.Automation;
using System.Threading.Channels;
using FlywheelDicom.Transfer.Confirmation;

namespace FlywheelDicom.Cmdlets;

/// <summary>Asks the archive which of the instances it holds (C-FIND), where it offers no storage commitment.</summary>
[Cmdlet(VerbsLifecycle.Confirm, "DicomStore")]
[OutputType(typeof(DicomSendResult))]
public sealed class ConfirmDicomStoreCommand : ConfirmationCmdlet
{
    /// <summary>Seconds that the archive may take to show what it was sent.</summary>
    [Parameter]
    [ValidateRange(0, 86400)]
    public int WaitTime { get; set; } = 10;

    private protected override string Activity => "Looking for what was sent";

    private protected override int WaitSeconds => WaitTime;

    private protected override Func<PipelinePump<DicomSendResult, DicomSendResult>, ChannelReader<DicomSendResult>, Task> Job(ConfirmationOptions options)
        => (pump, input) => new QueryJob(options, pump.EmitAsync, pump.Verbose, Cancellation).RunAsync(input);
}
