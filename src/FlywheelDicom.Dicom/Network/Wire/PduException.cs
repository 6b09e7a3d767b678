namespace FlywheelDicom.Network.Wire;

/// <summary>What was received breaks the upper layer protocol (PS3.8 §9.2, §9.3.8).</summary>
/// <param name="message">What is wrong.</param>
/// <param name="abortReason">The reason in A-ABORT: 1 unrecognized PDU, 2 unexpected PDU, 6 invalid parameter.</param>
internal sealed class PduException(string message, byte abortReason) : IOException(message)
{
    public byte AbortReason { get; } = abortReason;

    public static PduException Unexpected(PduType type) => new($"PDU type 0x{(byte)type:X2} was not expected.", type is 0 or > PduType.Abort ? (byte)1 : (byte)2);
}
