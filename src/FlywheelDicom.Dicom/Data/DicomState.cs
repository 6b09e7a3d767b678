namespace FlywheelDicom;

/// <summary>What a status means for the instance.</summary>
public enum DicomState
{
    /// <summary>The instance was stored.</summary>
    Success,

    /// <summary>The instance was stored, but the receiver has a remark.</summary>
    Warning,

    /// <summary>The instance was not stored.</summary>
    Failure,
}
