namespace FlywheelDicom.Network.Wire;

/// <summary>
/// Bytes of data sets that were handed to the network, over any number of connections. Writers add a piece of a few hundred kilobytes at
/// a time, so that one long instance can be seen to move. Safe from any thread.
/// </summary>
internal sealed class SentBytes
{
    private long _written;
    private long _withdrawn;

    /// <summary>All, with those of tries that failed.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>Those of tries that do not count.</summary>
    public long Withdrawn => Interlocked.Read(ref _withdrawn);

    public void Add(long count) => Interlocked.Add(ref _written, count);

    /// <summary>A message failed: what was sent of it does not count.</summary>
    public void Withdraw(long count) => Interlocked.Add(ref _withdrawn, count);
}
