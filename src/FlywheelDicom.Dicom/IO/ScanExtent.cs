namespace FlywheelDicom.IO;

/// <summary>How far a data set is read when its header is scanned.</summary>
internal enum ScanExtent
{
    /// <summary>To pixel data; further only where that is needed to know that the file is complete.</summary>
    Header,

    /// <summary>To its end.</summary>
    Whole,
}
