namespace FlywheelDicom.Transfer.Sources;

/// <summary>A file, or where there is a failure a folder that could not be listed.</summary>
internal readonly record struct FoundPath(string Path, Exception? Failure);
