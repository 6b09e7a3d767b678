namespace FlywheelDicom.Flywheel;

/// <summary>The levels of the hierarchy.</summary>
internal enum FlywheelContainerKind { Group, Project, Subject, Session, Acquisition, Analysis }
