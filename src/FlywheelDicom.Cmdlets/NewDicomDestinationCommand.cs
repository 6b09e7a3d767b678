using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>Makes a destination that Send-DicomStore and Test-DicomEcho take as one value.</summary>
[Cmdlet(VerbsCommon.New, "DicomDestination")]
[OutputType(typeof(DicomDestination))]
public sealed class NewDicomDestinationCommand : DestinationCmdlet
{
    /// <summary>A host name, or an IPv4 or IPv6 address.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("ComputerName", "HostName")]
    [DestinationTransformation]
    [ArgumentCompleter(typeof(DestinationCompleter))]
    public DicomDestination Destination { get; set; } = null!;

    /// <inheritdoc/>
    protected override void EndProcessing() => WriteObject(Resolve(Destination));
}
