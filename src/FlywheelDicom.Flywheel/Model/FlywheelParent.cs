namespace FlywheelDicom.Flywheel;

/// <summary>The container that an analysis belongs to.</summary>
internal sealed record FlywheelParent(string? Type, string? Id);
