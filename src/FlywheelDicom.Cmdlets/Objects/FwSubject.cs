using FlywheelDicom.Flywheel;

namespace FlywheelDicom;

/// <summary>A subject of Flywheel; it pipes into Get-FwSession and Get-FwSessionDicom.</summary>
public sealed record FwSubject : FwContainer
{
    /// <summary>The subject's id in Flywheel.</summary>
    public string? SubjectId { get; init; }

    /// <summary>The project's id in Flywheel.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The project's label, where it could be read.</summary>
    public string? ProjectLabel { get; init; }

    /// <inheritdoc/>
    public override string ToString() => base.ToString();

    internal static FwSubject Of(FlywheelContainer container, DicomOrigin place) => new()
    {
        SubjectId = container.Id, Label = Shown(container.Label ?? container.Code), GroupId = place.GroupId, ProjectId = place.ProjectId, ProjectLabel = place.ProjectLabel,
        Created = container.Created?.LocalDateTime, Path = FwPath.Of(place, FlywheelContainerKind.Subject),
    };
}
