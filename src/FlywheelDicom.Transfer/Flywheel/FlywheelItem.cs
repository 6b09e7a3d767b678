using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Transfer.Flywheel;

/// <summary>A file to be fetched, and where in the hierarchy it is.</summary>
public sealed record FlywheelItem(FlywheelFile File, DicomOrigin Origin);
