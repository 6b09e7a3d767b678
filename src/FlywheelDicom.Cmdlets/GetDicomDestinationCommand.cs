using System.Management.Automation;
using FlywheelDicom.Transfer.Destinations;

namespace FlywheelDicom.Cmdlets;

/// <summary>Lists the destinations that are registered by name.</summary>
[Cmdlet(VerbsCommon.Get, "DicomDestination")]
[OutputType(typeof(DicomDestination))]
public sealed class GetDicomDestinationCommand : DicomCmdlet
{
    /// <summary>Names, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(DestinationNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Only those for this user, or for all.</summary>
    [Parameter]
    public DicomDestinationScope Scope { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var all = new List<DicomDestination>();
        var isRead = true;
        foreach (var store in MyInvocation.BoundParameters.ContainsKey(nameof(Scope)) ? [DestinationStore.For(Scope)] : DestinationStore.All)
        {
            try
            {
                all.AddRange(store.Read());
            }
            catch (DestinationFileException e)
            {
                isRead = false;
                WriteError(DicomErrors.Record(e, e.ErrorId, store.Path));
            }
        }
        foreach (var name in Name)
        {
            var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
            var found = all.FindAll(d => pattern.IsMatch(d.Name));
            found.ForEach(WriteObject);
            if (found.Count == 0 && isRead && !WildcardPattern.ContainsWildcardCharacters(name))
                WriteError(DestinationNotFound.Record(name, all));
        }
    }
}
