namespace FlywheelDicom.Flywheel;

internal sealed record PathRequest(IReadOnlyList<string> Path);
