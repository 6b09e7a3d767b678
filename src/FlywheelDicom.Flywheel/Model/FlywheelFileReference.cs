namespace FlywheelDicom.Flywheel;

/// <summary>A file that a job takes as input.</summary>
internal sealed record FlywheelFileReference(string Type, string Id, string Name);
