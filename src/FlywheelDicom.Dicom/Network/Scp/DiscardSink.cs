namespace FlywheelDicom.Network.Scp;

/// <summary>Discards what it is sent: for dry runs and benchmarks.</summary>
internal sealed class DiscardSink : StoreSink
{
    public override StoreTarget Begin(string sopClassUid, string sopInstanceUid, string transferSyntaxUid, string callingAE) => new Target();

    private sealed class Target : StoreTarget
    {
        public override void Write(ReadOnlySpan<byte> bytes) { }
        public override void Complete() { }
    }
}
