using System.Buffers.Binary;
using System.Collections;
using System.Globalization;

namespace FlywheelDicom;

/// <summary>Values to bytes and back (PS3.5 §6.2).</summary>
internal static class DicomValue
{
    /// <summary>What an administrator expects to see: text, a number, an array of them, or the bytes.</summary>
    public static object? Decode(ReadOnlySpan<byte> bytes, DicomVR vr, bool bigEndian, DicomCharacterSet characterSet)
    {
        if (bytes.IsEmpty)
            return null;
        if (vr.IsText)
            return DecodeText(Text(bytes, vr, characterSet), vr);
        return vr.Code switch
        {
            "US" => Numbers(bytes, 2, b => bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(b) : BinaryPrimitives.ReadUInt16LittleEndian(b)),
            "SS" => Numbers(bytes, 2, b => bigEndian ? BinaryPrimitives.ReadInt16BigEndian(b) : BinaryPrimitives.ReadInt16LittleEndian(b)),
            "UL" => Numbers(bytes, 4, b => bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(b) : BinaryPrimitives.ReadUInt32LittleEndian(b)),
            "SL" => Numbers(bytes, 4, b => bigEndian ? BinaryPrimitives.ReadInt32BigEndian(b) : BinaryPrimitives.ReadInt32LittleEndian(b)),
            "FL" => Numbers(bytes, 4, b => bigEndian ? BinaryPrimitives.ReadSingleBigEndian(b) : BinaryPrimitives.ReadSingleLittleEndian(b)),
            "FD" => Numbers(bytes, 8, b => bigEndian ? BinaryPrimitives.ReadDoubleBigEndian(b) : BinaryPrimitives.ReadDoubleLittleEndian(b)),
            "UV" => Numbers(bytes, 8, b => bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(b) : BinaryPrimitives.ReadUInt64LittleEndian(b)),
            "SV" => Numbers(bytes, 8, b => bigEndian ? BinaryPrimitives.ReadInt64BigEndian(b) : BinaryPrimitives.ReadInt64LittleEndian(b)),
            "AT" => Numbers(bytes, 4, b => bigEndian
                ? new DicomTag(BinaryPrimitives.ReadUInt16BigEndian(b), BinaryPrimitives.ReadUInt16BigEndian(b[2..]))
                : new DicomTag(BinaryPrimitives.ReadUInt16LittleEndian(b), BinaryPrimitives.ReadUInt16LittleEndian(b[2..]))),
            _ => bytes.ToArray(),
        };
    }

    /// <summary>The exact text without its padding; UIDs lose NULs and spaces at the end, as both are met.</summary>
    public static string Text(ReadOnlySpan<byte> bytes, DicomVR vr, DicomCharacterSet characterSet)
        => vr.IsEncodedText ? characterSet.Decode(bytes).TrimEnd(' ', '\0') : DicomCharacterSet.Default.Decode(bytes.TrimEnd(" \0"u8));

    /// <summary>Bytes of a value as little endian, padded to even length.</summary>
    /// <exception cref="ArgumentException">The value does not fit the VR, or has characters that the set lacks.</exception>
    public static byte[] Encode(object? value, DicomTag tag, DicomVR vr, DicomCharacterSet characterSet)
    {
        if (value is null)
            return [];
        if (value is byte[] raw && !vr.IsText)
            return Pad(raw, vr);
        var values = value is IEnumerable many and not string ? many.Cast<object?>().ToArray() : [value];
        if (vr.IsText)
            return EncodeText(values, tag, vr, characterSet);
        try
        {
            return Pad(values.SelectMany(v => EncodeNumber(v, vr)).ToArray(), vr);
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException)
        {
            throw new ArgumentException($"{tag}: the value does not fit VR {vr}.", nameof(value), e);
        }
    }

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

    private static byte[] EncodeText(object?[] values, DicomTag tag, DicomVR vr, DicomCharacterSet characterSet)
    {
        var text = string.Join('\\', values.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture)));
        var set = vr.IsEncodedText ? characterSet : DicomCharacterSet.Default;
        if (!set.TryEncode(text, out var bytes))
            throw new ArgumentException($"{tag}: the value has characters that the file's character set lacks.", nameof(values));
        if (vr == DicomVR.UI && values.Any(v => v is string { Length: > 0 } uid && !DicomUID.IsValid(uid)))
            throw new ArgumentException($"{tag}: the value is not a valid UID.", nameof(values));
        if (!vr.IsLongForm && bytes.Length > 0xFFFE)
            throw new ArgumentException($"{tag}: {bytes.Length} bytes are more than VR {vr} holds.", nameof(values));
        return Pad(bytes, vr);
    }

    private static byte[] EncodeNumber(object? value, DicomVR vr)
    {
        var culture = CultureInfo.InvariantCulture;
        var bytes = new byte[vr.UnitSize == 2 && vr != DicomVR.AT ? 2 : vr == DicomVR.AT ? 4 : vr.UnitSize];
        switch (vr.Code)
        {
            case "US": BinaryPrimitives.WriteUInt16LittleEndian(bytes, Convert.ToUInt16(value, culture)); break;
            case "SS": BinaryPrimitives.WriteInt16LittleEndian(bytes, Convert.ToInt16(value, culture)); break;
            case "UL": BinaryPrimitives.WriteUInt32LittleEndian(bytes, Convert.ToUInt32(value, culture)); break;
            case "SL": BinaryPrimitives.WriteInt32LittleEndian(bytes, Convert.ToInt32(value, culture)); break;
            case "UV": BinaryPrimitives.WriteUInt64LittleEndian(bytes, Convert.ToUInt64(value, culture)); break;
            case "SV": BinaryPrimitives.WriteInt64LittleEndian(bytes, Convert.ToInt64(value, culture)); break;
            case "FL": BinaryPrimitives.WriteSingleLittleEndian(bytes, Convert.ToSingle(value, culture)); break;
            case "FD": BinaryPrimitives.WriteDoubleLittleEndian(bytes, Convert.ToDouble(value, culture)); break;
            case "AT":
                var tag = value is DicomTag given ? given : DicomTag.Parse(Convert.ToString(value, culture) ?? "");
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, tag.Group);
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), tag.Element);
                break;
            default:
                throw new InvalidCastException();
        }
        return bytes;
    }

    private static byte[] Pad(byte[] bytes, DicomVR vr)
    {
        if (bytes.Length % 2 == 0)
            return bytes;
        var padded = new byte[bytes.Length + 1];
        bytes.CopyTo(padded, 0);
        padded[^1] = vr.Padding;
        return padded;
    }
}
