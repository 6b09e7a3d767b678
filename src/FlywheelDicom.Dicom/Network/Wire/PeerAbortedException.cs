namespace FlywheelDicom.Network.Wire;

/// <summary>The peer sent A-ABORT.</summary>
internal sealed class PeerAbortedException(ReadOnlySpan<byte> body) : IOException("The association was aborted.")
{
    public byte AbortSource { get; } = body.Length > 2 ? body[2] : (byte)0;
    public byte Reason { get; } = body.Length > 3 ? body[3] : (byte)0;
}
