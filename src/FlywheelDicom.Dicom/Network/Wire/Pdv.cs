using System.Buffers.Binary;

namespace FlywheelDicom.Network.Wire;

/// <summary>A presentation data value: one fragment of a message (PS3.8 §9.3.5.1, Annex E.2).</summary>
internal readonly record struct Pdv(byte ContextId, bool IsCommand, bool IsLast, ReadOnlyMemory<byte> Data)
{
    /// <summary>Bytes before the data in a P-DATA-TF that holds one PDV.</summary>
    public const int HeaderSize = 12;

    /// <summary>Writes those bytes.</summary>
    public static void WriteHeader(Span<byte> pdu, byte contextId, PdvFlags flags, int dataLength)
    {
        pdu[0] = (byte)PduType.Data;
        pdu[1] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(pdu[2..], (uint)(dataLength + 6));
        BinaryPrimitives.WriteUInt32BigEndian(pdu[6..], (uint)(dataLength + 2));
        pdu[10] = contextId;
        pdu[11] = (byte)flags;
    }

    /// <summary>Takes the first one off what is left of a P-DATA-TF; false where it does not fit there.</summary>
    public static bool TryTake(ref ReadOnlyMemory<byte> rest, out Pdv pdv)
    {
        pdv = default;
        var head = rest.Span;
        if (head.Length < 6 || BinaryPrimitives.ReadUInt32BigEndian(head) is var length && (length < 2 || length > head.Length - 4))
            return false;
        pdv = new Pdv(head[4], (head[5] & 1) != 0, (head[5] & 2) != 0, rest[6..(4 + (int)length)]);
        rest = rest[(4 + (int)length)..];
        return true;
    }
}
