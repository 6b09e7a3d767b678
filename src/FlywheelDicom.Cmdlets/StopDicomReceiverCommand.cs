using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>Stops receivers of this session: the given ones, or those at a port.</summary>
[Cmdlet(VerbsLifecycle.Stop, "DicomReceiver", DefaultParameterSetName = InputSet, SupportsShouldProcess = true)]
public sealed class StopDicomReceiverCommand : DicomCmdlet
{
    private const string InputSet = "InputObject";
    private const string PortSet = "Port";

    /// <summary>The receiver to stop.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = InputSet)]
    [ValidateNotNull]
    public DicomReceiver InputObject { get; set; } = null!;

    /// <summary>The port that it listens at.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PortSet)]
    [ValidateRange(1, 65535)]
    [ArgumentCompleter(typeof(ReceiverPortCompleter))]
    public int Port { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var chosen = ParameterSetName == InputSet ? [InputObject] : Array.FindAll(ModuleState.Current.Receivers.All, r => r.Port == Port);
        if (chosen.Length == 0)
        {
            var error = new ItemNotFoundException($"No receiver of this session listens at port {Port}.");
            WriteError(DicomErrors.Record(error, "DicomReceiverNotFound", Port));
        }
        foreach (var receiver in chosen)
        {
            if (ShouldProcess(receiver.ToString(), "Stop DICOM receiver"))
                ModuleState.Current.Receivers.Stop(receiver);
        }
    }
}
