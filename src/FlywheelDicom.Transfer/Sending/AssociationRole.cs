namespace FlywheelDicom.Transfer.Sending;

/// <summary>What an association is to its run.</summary>
internal enum AssociationRole
{
    /// <summary>It sends until all is sent.</summary>
    First,

    /// <summary>It may be rejected, and ends earlier: the first one then sends what it hands back.</summary>
    Extra,
}
