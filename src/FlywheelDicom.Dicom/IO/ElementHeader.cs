using System.Buffers.Binary;

namespace FlywheelDicom.IO;

/// <summary>Writes tag, VR and length (PS3.5 §7.1).</summary>
internal static class ElementHeader
{
    /// <summary>The largest even length of the short explicit form.</summary>
    public const int MaxShortLength = 0xFFFE;

    public static int Size(bool isExplicit, DicomVR vr) => isExplicit && vr.IsLongForm ? 12 : 8;

    public static int Write(Span<byte> target, DicomTag tag, DicomVR vr, uint length, bool isExplicit, bool bigEndian)
    {
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(target, tag.Group);
            BinaryPrimitives.WriteUInt16BigEndian(target[2..], tag.Element);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(target, tag.Group);
            BinaryPrimitives.WriteUInt16LittleEndian(target[2..], tag.Element);
        }
        if (!isExplicit)
        {
            WriteLength(target[4..], length, bigEndian);
            return 8;
        }
        vr.Write(target[4..]);
        if (vr.IsLongForm)
        {
            target[6] = target[7] = 0;
            WriteLength(target[8..], length, bigEndian);
            return 12;
        }
        if (bigEndian)
            BinaryPrimitives.WriteUInt16BigEndian(target[6..], (ushort)length);
        else
            BinaryPrimitives.WriteUInt16LittleEndian(target[6..], (ushort)length);
        return 8;
    }

    /// <summary>An item or delimiter: no VR in any syntax (PS3.5 §7.5).</summary>
    public static int WriteDelimiter(Span<byte> target, DicomTag tag, uint length, bool bigEndian)
        => Write(target, tag, DicomVR.UN, length, isExplicit: false, bigEndian);

    /// <summary>Turns the byte order of each unit round.</summary>
    public static void Swap(Span<byte> value, int unit)
    {
        if (unit < 2)
            return;
        for (var i = 0; i + unit <= value.Length; i += unit)
            value.Slice(i, unit).Reverse();
    }

    private static void WriteLength(Span<byte> target, uint length, bool bigEndian)
    {
        if (bigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(target, length);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(target, length);
    }
}
