namespace FlywheelDicom.Transfer.Sources;

/// <summary>A part of a sparse file that is stored. Between two of them there are zeros.</summary>
internal readonly record struct SparseSegment(long Offset, long Length);
