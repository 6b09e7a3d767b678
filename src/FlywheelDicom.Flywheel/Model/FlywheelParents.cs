namespace FlywheelDicom.Flywheel;

/// <summary>The ids of all ancestors.</summary>
internal sealed record FlywheelParents(string? Group, string? Project, string? Subject, string? Session, string? Acquisition);
