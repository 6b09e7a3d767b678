using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>Lists the receivers that run in this session.</summary>
[Cmdlet(VerbsCommon.Get, "DicomReceiver")]
[OutputType(typeof(DicomReceiver))]
public sealed class GetDicomReceiverCommand : DicomCmdlet
{
    /// <summary>Only the one at this port.</summary>
    [Parameter(Position = 0)]
    [ValidateRange(1, 65535)]
    [ArgumentCompleter(typeof(ReceiverPortCompleter))]
    public int Port { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var receiver in ModuleState.Current.Receivers.All)
        {
            if (!MyInvocation.BoundParameters.ContainsKey(nameof(Port)) || receiver.Port == Port)
                WriteObject(receiver);
        }
    }
}
