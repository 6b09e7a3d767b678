namespace FlywheelDicom.Network.Scu;

/// <summary>How far a message has been sent.</summary>
internal enum MessageProgress
{
    /// <summary>Its last fragment was not written to the connection: it cannot have been stored.</summary>
    Sending,

    /// <summary>Its last fragment is being written.</summary>
    Leaving,

    /// <summary>All of it was written.</summary>
    Left,
}
