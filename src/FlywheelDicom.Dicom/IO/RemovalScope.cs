namespace FlywheelDicom.IO;

/// <summary>What is removed beside the elements and groups that are named, and from where.</summary>
[Flags]
internal enum RemovalScope
{
    /// <summary>Nothing else, and from the top of the data set.</summary>
    Named = 0,

    /// <summary>All elements of odd groups.</summary>
    Private = 1,

    /// <summary>From the items of all sequences too.</summary>
    AllLevels = 2,
}
