namespace FlywheelDicom.IO;

/// <summary>An edited element as it goes into a data set.</summary>
internal static class ElementBytes
{
    /// <summary>Header and value; nothing for one that is removed.</summary>
    /// <param name="encoding">Of the data set, or of the item, which in odd files has another.</param>
    /// <param name="tag">The element.</param>
    /// <param name="edit">Its value.</param>
    public static byte[] Of(ElementEncoding encoding, DicomTag tag, DicomEdit edit)
    {
        if (edit.IsRemoval)
            return [];
        // A value too long for a short length goes as UN, which has a long one and is little endian always (PS3.5 §6.2.2).
        var vr = encoding.IsExplicit && !edit.VR.IsLongForm && edit.Value.Length > ElementHeader.MaxShortLength ? DicomVR.UN : edit.VR;
        var header = ElementHeader.Size(encoding, vr);
        var bytes = new byte[header + edit.Value.Length];
        ElementHeader.Write(bytes, tag, vr, (uint)edit.Value.Length, encoding);
        edit.Value.CopyTo(bytes, header);
        if (encoding.IsBigEndian)
            ElementEncoding.SwapBytes(bytes.AsSpan(header), vr.UnitSize);
        return bytes;
    }
}
