namespace FlywheelDicom.Transfer.Sources;

/// <summary>A file; or, with a failure, a folder that could not be listed.</summary>
internal readonly record struct FoundPath(string Path, Exception? Failure);
