namespace FlywheelDicom.Network.Connection;

/// <summary>What can happen to an association.</summary>
internal enum AssociationEventKind
{
    /// <summary>It is being requested: connecting, TLS, A-ASSOCIATE-RQ.</summary>
    Requested,

    /// <summary>The peer accepted it.</summary>
    Opened,

    /// <summary>It was not made.</summary>
    Refused,

    /// <summary>We released it.</summary>
    Released,

    /// <summary>It broke, or the peer ended it.</summary>
    Lost,

    /// <summary>We aborted it, since the run was stopped or the association is not needed any more.</summary>
    Aborted,
}
