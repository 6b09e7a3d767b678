using System.Management.Automation;
using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Cmdlets;

/// <summary>Finds projects in Flywheel.</summary>
[Cmdlet(VerbsCommon.Get, "FwProject", DefaultParameterSetName = IdSet)]
[OutputType(typeof(FwProject))]
public sealed class GetFwProjectCommand : FlywheelFindCmdlet
{
    /// <summary>One project by its id.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string ProjectId { get; set; } = "";

    /// <summary>All projects of a group.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string GroupId { get; set; } = "";

    private protected override FlywheelContainerKind Kind => FlywheelContainerKind.Project;

    private protected override IEnumerable<(FlywheelContainerKind Kind, string Parameter, string Id)> Ids =>
    [
        (FlywheelContainerKind.Project, nameof(ProjectId), ProjectId),
        (FlywheelContainerKind.Group, nameof(GroupId), GroupId),
    ];

    private protected override Task<IReadOnlyList<object>> DescribeAsync(FlywheelContainer container, DicomOrigin place)
        => Task.FromResult<IReadOnlyList<object>>([FwProject.Of(container, place)]);
}
