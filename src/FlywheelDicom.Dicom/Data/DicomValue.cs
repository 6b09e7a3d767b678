using System.Buffers.Binary;
using System.Globalization;

namespace FlywheelDicom;

/// <summary>Bytes of an element as values (PS3.5 §6.2).</summary>
internal static class DicomValue
{
    /// <summary>The value of little endian bytes: text, a number, an array of them, or the bytes themselves.</summary>
    public static object? Decode(ReadOnlySpan<byte> bytes, DicomVR vr, DicomCharacterSet characterSet)
    {
        if (bytes.IsEmpty)
            return null;
        if (vr.IsText)
            return DecodeText(Text(bytes, vr, characterSet), vr);
        return vr.Code switch
        {
            "US" => Numbers(bytes, 2, BinaryPrimitives.ReadUInt16LittleEndian),
            "SS" => Numbers(bytes, 2, BinaryPrimitives.ReadInt16LittleEndian),
            "UL" => Numbers(bytes, 4, BinaryPrimitives.ReadUInt32LittleEndian),
            "SL" => Numbers(bytes, 4, BinaryPrimitives.ReadInt32LittleEndian),
            "FL" => Numbers(bytes, 4, BinaryPrimitives.ReadSingleLittleEndian),
            "FD" => Numbers(bytes, 8, BinaryPrimitives.ReadDoubleLittleEndian),
            "UV" => Numbers(bytes, 8, BinaryPrimitives.ReadUInt64LittleEndian),
            "SV" => Numbers(bytes, 8, BinaryPrimitives.ReadInt64LittleEndian),
            "AT" => Numbers(bytes, 4, ElementEncoding.ExplicitLittleEndian.ReadTag),
            _ => bytes.ToArray(),
        };
    }

    /// <summary>The same for big endian bytes. What is neither text nor numbers stays in the order of the file.</summary>
    public static object? DecodeBigEndian(ReadOnlySpan<byte> bytes, DicomVR vr, DicomCharacterSet characterSet)
    {
        if (!vr.IsNumber)
            return Decode(bytes, vr, characterSet);
        var swapped = bytes.ToArray();
        ElementEncoding.SwapBytes(swapped, vr.UnitSize);
        return Decode(swapped, vr, characterSet);
    }

    /// <summary>The exact text without its padding. Some UIDs are padded with spaces instead of NULs, so both are removed.</summary>
    public static string Text(ReadOnlySpan<byte> bytes, DicomVR vr, DicomCharacterSet characterSet)
        => vr.IsEncodedText ? characterSet.Decode(bytes).TrimEnd(' ', '\0') : DicomCharacterSet.Default.Decode(bytes.TrimEnd(" \0"u8));

    private static object? DecodeText(string text, DicomVR vr)
    {
        if (vr.IsSingleText)
            return text.Length == 0 ? null : text;
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            var trimmed = text.Trim();
            return trimmed.Length == 0 ? null : Number(trimmed, vr);
        }
        var parts = text.Split('\\', StringSplitOptions.TrimEntries);
        var numbers = Array.ConvertAll(parts, p => Number(p, vr));
        if (numbers.All(n => n is int))
            return Array.ConvertAll(numbers, n => (int)n);
        if (numbers.All(n => n is double))
            return Array.ConvertAll(numbers, n => (double)n);
        return parts;
    }

    private static object Number(string text, DicomVR vr)
    {
        if (vr == DicomVR.IS && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
            return integer;
        if (vr == DicomVR.DS && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real))
            return real;
        return text;
    }

    private delegate T Reader<T>(ReadOnlySpan<byte> bytes);

    private static object? Numbers<T>(ReadOnlySpan<byte> bytes, int size, Reader<T> read)
    {
        var values = new T[bytes.Length / size];
        for (var i = 0; i < values.Length; i++)
            values[i] = read(bytes.Slice(i * size, size));
        return values.Length switch { 0 => null, 1 => values[0], _ => values };
    }
}
