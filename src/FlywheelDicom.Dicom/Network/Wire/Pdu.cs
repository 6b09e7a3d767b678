namespace FlywheelDicom.Network.Wire;

/// <summary>A PDU as it was read; its body is valid until the next one is read.</summary>
internal readonly record struct Pdu(PduType Type, ReadOnlyMemory<byte> Body)
{
    /// <summary>The connection was closed where a PDU could have begun.</summary>
    public static Pdu Closed => default;

    public bool IsClosed => Type == default;
}
