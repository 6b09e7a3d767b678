using FlywheelDicom.Flywheel;

namespace FlywheelDicom;

/// <summary>A group of Flywheel; it pipes into Get-FwProject.</summary>
public sealed record FwGroup : FwContainer
{
    /// <inheritdoc/>
    public override string ToString() => base.ToString();

    internal static FwGroup Of(FlywheelContainer container) => new()
    {
        GroupId = container.Id, Label = Shown(container.Label), Path = container.Id, Created = container.Created?.LocalDateTime,
    };
}
