namespace FlywheelDicom.Transfer.Sources;

/// <summary>A part of a sparse file that is stored; what is between two of them is zeros.</summary>
internal readonly record struct SparseSegment(long Offset, long Length);
