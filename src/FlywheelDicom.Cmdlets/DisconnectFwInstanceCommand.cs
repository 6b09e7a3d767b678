using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>Ends the connection and forgets the key.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "FwInstance")]
public sealed class DisconnectFwInstanceCommand : DicomCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing() => ModuleState.Current.Connect(null);
}
