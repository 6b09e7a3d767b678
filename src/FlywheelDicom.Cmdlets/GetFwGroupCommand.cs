using System.Management.Automation;
using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Cmdlets;

/// <summary>Lists groups in Flywheel.</summary>
[Cmdlet(VerbsCommon.Get, "FwGroup", DefaultParameterSetName = IdSet)]
[OutputType(typeof(FwGroup))]
public sealed class GetFwGroupCommand : FlywheelFindCmdlet
{
    /// <summary>One group by its id.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string GroupId { get; set; } = "";

    private protected override FlywheelContainerKind Kind => FlywheelContainerKind.Group;

    private protected override IEnumerable<(FlywheelContainerKind Kind, string Parameter, string Id)> Ids =>
    [
        (FlywheelContainerKind.Group, nameof(GroupId), GroupId),
    ];

    private protected override Task<IReadOnlyList<object>> DescribeAsync(FlywheelContainer container, DicomOrigin place)
        => Task.FromResult<IReadOnlyList<object>>([FwGroup.Of(container)]);
}
