namespace FlywheelDicom.IO;

/// <summary>A change at one position of the data set: how many bytes are left out, and which are inserted.</summary>
internal readonly record struct Splice(long Position, long Removed, byte[] Inserted);
