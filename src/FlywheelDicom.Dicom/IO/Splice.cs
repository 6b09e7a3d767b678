namespace FlywheelDicom.IO;

/// <summary>At a byte of the data set: leave out so many, put these in.</summary>
internal readonly record struct Splice(long Position, long Removed, byte[] Inserted);
