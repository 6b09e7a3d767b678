using System.Management.Automation;
using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Cmdlets;

/// <summary>Finds sessions in Flywheel.</summary>
[Cmdlet(VerbsCommon.Get, "FwSession", DefaultParameterSetName = IdSet)]
[OutputType(typeof(FwSession))]
public sealed class GetFwSessionCommand : FlywheelFindCmdlet
{
    /// <summary>One session by its id.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string SessionId { get; set; } = "";

    /// <summary>All sessions of a subject.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string SubjectId { get; set; } = "";

    /// <summary>All sessions of a project.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string ProjectId { get; set; } = "";

    /// <summary>All sessions of a group.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string GroupId { get; set; } = "";

    private protected override FlywheelContainerKind Kind => FlywheelContainerKind.Session;

    private protected override IEnumerable<(FlywheelContainerKind Kind, string Parameter, string Id)> Ids =>
    [
        (FlywheelContainerKind.Session, nameof(SessionId), SessionId),
        (FlywheelContainerKind.Subject, nameof(SubjectId), SubjectId),
        (FlywheelContainerKind.Project, nameof(ProjectId), ProjectId),
        (FlywheelContainerKind.Group, nameof(GroupId), GroupId),
    ];

    private protected override Task<IReadOnlyList<object>> DescribeAsync(FlywheelContainer container, DicomOrigin place)
        => Task.FromResult<IReadOnlyList<object>>([FwSession.Of(container, place)]);
}
