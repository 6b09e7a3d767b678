namespace FlywheelDicom.Flywheel;

internal sealed record ResolveAnswer(IReadOnlyList<FlywheelContainer>? Path);
