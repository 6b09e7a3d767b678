namespace FlywheelDicom.Flywheel;

internal sealed record SiteAnswer(string? Name);
