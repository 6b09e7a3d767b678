namespace FlywheelDicom.IO;

/// <summary>
/// Checks whether a data set with explicit VRs can be read without them. In Implicit VR the dictionary gives the VR (PS3.5 §7.1.3). A
/// value that was written with another VR would be read wrongly.
/// </summary>
internal static class ImplicitForm
{
    /// <summary>Checks all elements before pixel data.</summary>
    /// <exception cref="DicomNotConvertibleException">One of them could not be read. The message names it.</exception>
    public static void Check(Stream plain, DicomTransferSyntax from)
    {
        using var reader = new DicomReader(plain, from) { DescendsAll = true };
        while (reader.Read())
        {
            if (reader is { Kind: DicomTokenKind.Element or DicomTokenKind.SequenceStart, IsExplicit: true, Length: not 0 }
                && DicomDictionary.Lookup(reader.Tag) is { } known && !IsReadable(reader, known))
            {
                throw new DicomNotConvertibleException(
                    $"{reader.Tag} {known.Keyword} has VR {Code(reader.VR)} where the standard has {known.Alternatives}: in Implicit VR, which is what the archive takes, it could not be read. "
                    + "Let the archive accept Explicit VR Little Endian.");
            }
            if (reader.Depth <= 1 && reader.Tag.IsPixelData)
                return;
        }
    }

    private static bool IsReadable(DicomReader reader, DicomDictionaryEntry known)
    {
        if (reader.VR == known.VR || known.VR == DicomVR.UN || known.Alternatives.Split('/').Contains(reader.VR.Code))
            return true;
        if (reader.Kind == DicomTokenKind.SequenceStart)
            // UN of undefined length is a sequence whose VR was not known (PS3.5 §6.2.2).
            return known.VR == DicomVR.SQ;
        var isOpaque = reader.VR == DicomVR.UN || !reader.VR.IsKnown;
        if (known.VR == DicomVR.SQ)
            return isOpaque && IsItem(reader);
        if (isOpaque || known.VR == DicomVR.OB || (known.VR.IsText && reader.VR.IsText))
            return true;
        return known.VR.UnitSize > 1 && known.VR.UnitSize == reader.VR.UnitSize && IsReal(known.VR) == IsReal(reader.VR)
            && (known.VR == DicomVR.AT) == (reader.VR == DicomVR.AT) && (IsSigned(known.VR) == IsSigned(reader.VR) || !HasHighBit(reader));
    }

    private static bool IsReal(DicomVR vr) => vr.Code is "FL" or "FD" or "OF" or "OD";

    private static bool IsSigned(DicomVR vr) => vr.Code is "SS" or "SL" or "SV";

    /// <summary>Whether a number would have another value with a sign than without.</summary>
    private static bool HasHighBit(DicomReader reader)
    {
        var (unit, isBig) = (reader.VR.UnitSize, reader.IsBigEndian);
        Span<byte> bytes = stackalloc byte[512];
        while (true)
        {
            var count = 0;
            while (count < bytes.Length && reader.ReadValue(bytes[count..]) is > 0 and var read)
                count += read;
            if (count == 0)
                return false;
            for (var at = isBig ? 0 : unit - 1; at < count; at += unit)
            {
                if (bytes[at] >= 0x80)
                    return true;
            }
        }
    }

    private static bool IsItem(DicomReader reader)
    {
        Span<byte> tag = stackalloc byte[4];
        var count = 0;
        while (count < 4 && reader.ReadValue(tag[count..]) is > 0 and var read)
            count += read;
        return count == 4 && ElementEncoding.ImplicitLittleEndian.ReadTag(tag) == DicomTag.Item;
    }

    private static string Code(DicomVR vr) => DicomVR.LooksLikeVR((byte)vr.Code[0], (byte)vr.Code[1]) ? vr.Code : "no valid one";
}
