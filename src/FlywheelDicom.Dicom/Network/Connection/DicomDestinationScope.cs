namespace FlywheelDicom;

/// <summary>Whom a registered destination is for.</summary>
public enum DicomDestinationScope
{
    /// <summary>The user who registered it.</summary>
    CurrentUser,

    /// <summary>All users of this machine.</summary>
    AllUsers,
}
