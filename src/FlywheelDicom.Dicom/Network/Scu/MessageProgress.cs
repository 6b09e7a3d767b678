namespace FlywheelDicom.Network.Scu;

/// <summary>How far a message has got out of the house.</summary>
internal enum MessageProgress
{
    /// <summary>Its last fragment has not been handed to the connection: it cannot have been stored.</summary>
    Sending,

    /// <summary>Its last fragment is being handed over.</summary>
    Leaving,

    /// <summary>All of it was handed over.</summary>
    Left,
}
