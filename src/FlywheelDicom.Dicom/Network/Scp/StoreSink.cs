namespace FlywheelDicom.Network.Scp;

/// <summary>Where an SCP stores instances: it makes one <see cref="StoreTarget"/> for each.</summary>
internal abstract class StoreSink
{
    /// <exception cref="IOException">It cannot be stored; the response says that the receiver is out of resources.</exception>
    /// <exception cref="InvalidDataException">The UID is not valid; the response says that the instance was not understood.</exception>
    public abstract StoreTarget Begin(string sopClassUid, string sopInstanceUid, string transferSyntaxUid, string callingAE);
}
