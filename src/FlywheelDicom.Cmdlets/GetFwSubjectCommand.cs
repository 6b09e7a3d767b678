using System.Management.Automation;
using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Cmdlets;

/// <summary>Finds subjects in Flywheel.</summary>
[Cmdlet(VerbsCommon.Get, "FwSubject", DefaultParameterSetName = IdSet)]
[OutputType(typeof(FwSubject))]
public sealed class GetFwSubjectCommand : FlywheelFindCmdlet
{
    /// <summary>One subject by its id.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string SubjectId { get; set; } = "";

    /// <summary>All subjects of a project.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string ProjectId { get; set; } = "";

    /// <summary>All subjects of a group.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string GroupId { get; set; } = "";

    private protected override FlywheelContainerKind Kind => FlywheelContainerKind.Subject;

    private protected override IEnumerable<(FlywheelContainerKind Kind, string Parameter, string Id)> Ids =>
    [
        (FlywheelContainerKind.Subject, nameof(SubjectId), SubjectId),
        (FlywheelContainerKind.Project, nameof(ProjectId), ProjectId),
        (FlywheelContainerKind.Group, nameof(GroupId), GroupId),
    ];

    private protected override Task<IReadOnlyList<object>> DescribeAsync(FlywheelContainer container, DicomOrigin place)
        => Task.FromResult<IReadOnlyList<object>>([FwSubject.Of(container, place)]);
}
