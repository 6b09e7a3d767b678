using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>Shows the instance that this session is connected to; nothing where there is none.</summary>
[Cmdlet(VerbsCommon.Get, "FwInstance")]
[OutputType(typeof(FwInstance))]
public sealed class GetFwInstanceCommand : DicomCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ModuleState.Current.Instance is { } instance)
            WriteObject(instance);
    }
}
