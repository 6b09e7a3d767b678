namespace FlywheelDicom.Flywheel;

internal sealed record AuthOrigin(string? Type, string? Id);
