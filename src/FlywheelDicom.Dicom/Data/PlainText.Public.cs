namespace FlywheelDicom;

// The Flywheel client, which knows no DICOM, compiles the other part for itself; here it is for all who use the engine.
public static partial class PlainText;
