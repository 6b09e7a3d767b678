namespace FlywheelDicom.Flywheel;

/// <summary>Another container, named by its id or shown in part.</summary>
internal sealed record FlywheelReference(string Id, string? Label);
