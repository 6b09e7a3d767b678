using FlywheelDicom.Flywheel;

namespace FlywheelDicom;

/// <summary>A session of Flywheel; it pipes into Get-FwAcquisition and Get-FwSessionDicom.</summary>
public sealed record FwSession : FwContainer
{
    /// <summary>Flywheel's id of it.</summary>
    public required string SessionId { get; init; }

    /// <summary>The project's id in Flywheel.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The project's label, where it could be read.</summary>
    public string? ProjectLabel { get; init; }

    /// <summary>The subject's id in Flywheel.</summary>
    public string? SubjectId { get; init; }

    /// <summary>The subject's label, where it could be read.</summary>
    public string? SubjectLabel { get; init; }

    /// <summary>When it was acquired, local time.</summary>
    public DateTime? Timestamp { get; init; }

    /// <inheritdoc/>
    public override string ToString() => base.ToString();

    internal static FwSession Of(FlywheelContainer container, DicomOrigin place) => new()
    {
        SessionId = container.Id, Label = Shown(container.Label), GroupId = place.GroupId, ProjectId = place.ProjectId, ProjectLabel = place.ProjectLabel,
        SubjectId = place.SubjectId, SubjectLabel = place.SubjectLabel, Timestamp = container.Timestamp?.LocalDateTime, Created = container.Created?.LocalDateTime,
        Path = FwPath.Of(place, FlywheelContainerKind.Session),
    };
}
