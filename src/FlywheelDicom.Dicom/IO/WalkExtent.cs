namespace FlywheelDicom.IO;

/// <summary>How far a data set is walked.</summary>
internal enum WalkExtent
{
    /// <summary>To its pixel data: nothing stands behind that, or nothing changes there.</summary>
    ToPixelData,

    /// <summary>To its end.</summary>
    Whole,
}
