using System.Management.Automation;
using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Cmdlets;

/// <summary>Finds acquisitions in Flywheel.</summary>
[Cmdlet(VerbsCommon.Get, "FwAcquisition", DefaultParameterSetName = IdSet)]
[OutputType(typeof(FwAcquisition))]
public sealed class GetFwAcquisitionCommand : FlywheelFindCmdlet
{
    /// <summary>One acquisition by its id.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string AcquisitionId { get; set; } = "";

    /// <summary>All acquisitions of a session.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string SessionId { get; set; } = "";

    /// <summary>All acquisitions of a subject.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string SubjectId { get; set; } = "";

    /// <summary>All acquisitions of a project.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string ProjectId { get; set; } = "";

    /// <summary>All acquisitions of a group.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string GroupId { get; set; } = "";

    private protected override FlywheelContainerKind Kind => FlywheelContainerKind.Acquisition;

    private protected override IEnumerable<(FlywheelContainerKind Kind, string Parameter, string Id)> Ids =>
    [
        (FlywheelContainerKind.Acquisition, nameof(AcquisitionId), AcquisitionId),
        (FlywheelContainerKind.Session, nameof(SessionId), SessionId),
        (FlywheelContainerKind.Subject, nameof(SubjectId), SubjectId),
        (FlywheelContainerKind.Project, nameof(ProjectId), ProjectId),
        (FlywheelContainerKind.Group, nameof(GroupId), GroupId),
    ];

    private protected override Task<IReadOnlyList<object>> DescribeAsync(FlywheelContainer container, DicomOrigin place)
        => Task.FromResult<IReadOnlyList<object>>([FwAcquisition.Of(container, place)]);
}
