namespace FlywheelDicom.IO;

/// <summary>Writes tag, VR and length (PS3.5 §7.1).</summary>
internal static class ElementHeader
{
    /// <summary>The largest even length of the short explicit form.</summary>
    public const int MaxShortLength = 0xFFFE;

    /// <summary>No header is longer.</summary>
    public const int MaxSize = 12;

    public static int Size(ElementEncoding encoding, DicomVR vr) => encoding.IsExplicit && vr.IsLongForm ? MaxSize : 8;

    /// <summary>Returns how many bytes were written.</summary>
    public static int Write(Span<byte> target, DicomTag tag, DicomVR vr, uint length, ElementEncoding encoding)
    {
        encoding.WriteUInt16(target, tag.Group);
        encoding.WriteUInt16(target[2..], tag.Element);
        if (!encoding.IsExplicit)
        {
            encoding.WriteUInt32(target[4..], length);
            return 8;
        }
        vr.Write(target[4..]);
        if (!vr.IsLongForm)
        {
            encoding.WriteUInt16(target[6..], (ushort)length);
            return 8;
        }
        target[6] = target[7] = 0;
        encoding.WriteUInt32(target[8..], length);
        return MaxSize;
    }

    /// <summary>An item or a delimiter: these have no VR in any syntax (PS3.5 §7.5).</summary>
    public static int WriteDelimiter(Span<byte> target, DicomTag tag, uint length, ElementEncoding encoding)
        => Write(target, tag, DicomVR.UN, length, encoding with { IsExplicit = false });
}
