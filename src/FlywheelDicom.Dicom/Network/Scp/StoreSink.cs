namespace FlywheelDicom.Network.Scp;

/// <summary>Where an SCP puts what it is sent: one <see cref="StoreTarget"/> for each instance.</summary>
internal abstract class StoreSink
{
    /// <exception cref="IOException">There is no place for it; the sender is told that resources are out.</exception>
    /// <exception cref="InvalidDataException">The UID is none; the sender is told that it was not understood.</exception>
    public abstract StoreTarget Begin(string sopClassUid, string sopInstanceUid, string transferSyntaxUid, string callingAE);
}

/// <summary>Takes one data set piece by piece. Disposed without <see cref="Complete"/>, it leaves nothing behind.</summary>
internal abstract class StoreTarget : IDisposable
{
    public abstract void Write(ReadOnlySpan<byte> bytes);

    /// <summary>All is there: only now may it be seen.</summary>
    public abstract void Complete();

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>Counts and forgets: for dry runs and benchmarks.</summary>
internal sealed class DiscardSink : StoreSink
{
    public override StoreTarget Begin(string sopClassUid, string sopInstanceUid, string transferSyntaxUid, string callingAE) => new Target();

    private sealed class Target : StoreTarget
    {
        public override void Write(ReadOnlySpan<byte> bytes) { }
        public override void Complete() { }
    }
}
