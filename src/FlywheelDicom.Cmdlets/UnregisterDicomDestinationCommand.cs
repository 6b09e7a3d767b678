using System.Management.Automation;
using FlywheelDicom.Transfer.Destinations;

namespace FlywheelDicom.Cmdlets;

/// <summary>Removes destinations that were registered by name.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "DicomDestination", SupportsShouldProcess = true)]
public sealed class UnregisterDicomDestinationCommand : DicomCmdlet
{
    /// <summary>The names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DestinationNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Whom they are registered for.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public DicomDestinationScope Scope { get; set; } = DicomDestinationScope.CurrentUser;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var store = DestinationStore.For(Scope);
        foreach (var name in Name)
        {
            try
            {
                Remove(store, name.Trim());
            }
            catch (DestinationFileException e)
            {
                WriteError(DicomErrors.Record(e, e.ErrorId, store.Path));
            }
        }
    }

    private void Remove(DestinationStore store, string name)
    {
        if (store.Get(name) is not { } registered)
        {
            if (Scope == DicomDestinationScope.CurrentUser && DestinationStore.For(DicomDestinationScope.AllUsers).Get(name) is not null)
            {
                var error = new ItemNotFoundException($"'{name}' is not registered for you but for all users: remove it with -Scope AllUsers.");
                WriteError(DicomErrors.Record(error, "DicomDestinationNotFound", name));
            }
            else
            {
                WriteError(DestinationNotFound.Record(name, store.Read().ToList()));
            }
            return;
        }
        if (ShouldProcess($"{registered.Name} ({registered})", $"Unregister DICOM destination of {RegisterDicomDestinationCommand.InWords(Scope)}"))
            store.Remove(name);
    }
}
