namespace FlywheelDicom.Network.Scp;

/// <summary>Receives one data set piece by piece. If it is disposed without <see cref="Complete"/>, nothing is stored.</summary>
internal abstract class StoreTarget : IDisposable
{
    public abstract void Write(ReadOnlySpan<byte> bytes);

    /// <summary>The data set is complete. The instance may be visible to others from now on, and not before.</summary>
    public abstract void Complete();

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
