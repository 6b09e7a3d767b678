using FlywheelDicom.Flywheel;

namespace FlywheelDicom;

/// <summary>A project of Flywheel; it pipes into Get-FwSubject, Get-FwSession and Get-FwSessionDicom.</summary>
public sealed record FwProject : FwContainer
{
    /// <summary>The project's id in Flywheel.</summary>
    public string? ProjectId { get; init; }

    /// <inheritdoc/>
    public override string ToString() => base.ToString();

    internal static FwProject Of(FlywheelContainer container, DicomOrigin place) => new()
    {
        ProjectId = container.Id, Label = Shown(container.Label), GroupId = place.GroupId, Created = container.Created?.LocalDateTime,
        Path = FwPath.Of(place, FlywheelContainerKind.Project),
    };
}
