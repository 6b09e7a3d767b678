using System.Management.Automation;
using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Cmdlets;

/// <summary>Lists files of acquisitions in Flywheel.</summary>
[Cmdlet(VerbsCommon.Get, "FwFile", DefaultParameterSetName = IdSet)]
[OutputType(typeof(FwFile))]
public sealed class GetFwFileCommand : FlywheelFindCmdlet
{
    /// <summary>All files of an acquisition.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string AcquisitionId { get; set; } = "";

    /// <summary>All files of the acquisitions of a session.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string SessionId { get; set; } = "";

    /// <summary>All files of the acquisitions of a subject.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string SubjectId { get; set; } = "";

    /// <summary>All files of the acquisitions of a project.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string ProjectId { get; set; } = "";

    /// <summary>All files of the acquisitions of a group.</summary>
    [Parameter(ParameterSetName = IdSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string GroupId { get; set; } = "";

    /// <summary>Only files of this name; wildcards are taken.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? FileName { get; set; }

    /// <summary>Only files of this type: dicom, nifti, ...</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string? Type { get; set; }

    private protected override FlywheelContainerKind Kind => FlywheelContainerKind.Acquisition;

    private protected override IEnumerable<(FlywheelContainerKind Kind, string Parameter, string Id)> Ids =>
    [
        (FlywheelContainerKind.Acquisition, nameof(AcquisitionId), AcquisitionId),
        (FlywheelContainerKind.Session, nameof(SessionId), SessionId),
        (FlywheelContainerKind.Subject, nameof(SubjectId), SubjectId),
        (FlywheelContainerKind.Project, nameof(ProjectId), ProjectId),
        (FlywheelContainerKind.Group, nameof(GroupId), GroupId),
    ];

    private protected override async Task<IReadOnlyList<object>> DescribeAsync(FlywheelContainer container, DicomOrigin place)
    {
        // Some servers list acquisitions without their files.
        var files = container.Files ?? (await Client.GetContainerAsync(Kind, container.Id, Cancellation).ConfigureAwait(false)).Files ?? [];
        var present = files.Where(f => f is not null && string.IsNullOrEmpty(f.Deleted)).ToList();
        var namesakes = present.GroupBy(f => f.Name, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        return [.. present.Where(IsMeant).OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => FwFile.Of(f with { HasNamesake = namesakes.Contains(f.Name) }, place))];
    }

    private bool IsMeant(FlywheelFile file)
        => (Type is null || string.Equals(file.Type, Type, StringComparison.OrdinalIgnoreCase))
            && (FileName is null || IsNamed(file, FileName)) && (Path.Length == 0 || FlywheelPath.Parse(Path).FileName is not { } name || IsNamed(file, name));

    private static bool IsNamed(FlywheelFile file, string name)
        => file.Name == name || (file.FileId is { Length: > 0 } id && FlywheelPath.IdIn(name) == id) || (LabelPattern.IsPattern(name) && new LabelPattern(name).Matches(file.Name));
}
