using System.Buffers.Binary;
using System.Collections;
using System.Globalization;

namespace FlywheelDicom;

/// <summary>Makes the bytes of an element from .NET values (PS3.5 §6.2). A value that does not fit is refused, with the rule.</summary>
internal static class DicomValueEncoding
{
    private const int MaxDecimal = 16;

    /// <summary>Bytes of a value as little endian, padded to even length.</summary>
    /// <param name="value">Text, a number, a date or time, an array of them, or bytes; null for an empty element.</param>
    /// <param name="tag">The element: for the messages, and for the number of values that the dictionary allows.</param>
    /// <param name="vr">The VR to write.</param>
    /// <param name="characterSet">The character set of the data set.</param>
    /// <exception cref="ArgumentException">The value does not fit; the message names element and rule, never the value.</exception>
    public static byte[] Encode(object? value, DicomTag tag, DicomVR vr, DicomCharacterSet characterSet)
    {
        if (value is null)
            return [];
        if (value is byte[] raw && !vr.IsText)
        {
            if (raw.Length % vr.UnitSize != 0)
                throw Refused(tag, vr, $"{vr.UnitSize} bytes for each number");
            return Pad(raw, vr);
        }
        if (value is byte[])
            throw Refused(tag, vr, "text, not bytes");
        var values = value is IEnumerable many and not string ? many.Cast<object?>().ToArray() : [value];
        return vr.IsText ? EncodeText(values, tag, vr, characterSet) : EncodeNumbers(values, tag, vr);
    }

    private static byte[] EncodeText(object?[] values, DicomTag tag, DicomVR vr, DicomCharacterSet characterSet)
    {
        var texts = Array.ConvertAll(values, v => Text(v, tag, vr));
        // A backslash separates values, except in VRs that have one value only.
        var parts = vr.IsSingleText ? texts : texts.SelectMany(t => t.Split('\\')).ToArray();
        if (vr.IsSingleText && parts.Length > 1)
            throw Refused(tag, vr, "one value alone");
        if (parts.Select(p => ValueRules.Broken(p, vr)).FirstOrDefault(r => r is not null) is { } rule)
            throw Refused(tag, vr, rule);
        var text = string.Join('\\', texts);
        if (text.Length > 0 && ValueRules.BrokenCount(parts.Length, DicomDictionary.Lookup(tag)?.VM) is { } count)
            throw new ArgumentException($"{Named(tag)}: {count}.");
        var set = vr.IsEncodedText ? characterSet : DicomCharacterSet.Default;
        if (!set.TryEncode(text, out var bytes))
            throw new ArgumentException($"{Named(tag)}: the value has characters that the file's character set lacks. Specific Character Set (0008,0005) tells which it has.");
        return Pad(bytes, vr);
    }

    private static string Text(object? value, DicomTag tag, DicomVR vr)
    {
        var invariant = CultureInfo.InvariantCulture;
        switch (value)
        {
            case null:
                return "";
            case DateTime or DateTimeOffset or DateOnly or TimeOnly or TimeSpan:
                return DicomTime.Text(value, vr) ?? throw Refused(tag, vr, ValueRules.RuleOf(vr));
            case DicomUID uid:
                return uid.UID;
            case Uri uri:
                return uri.OriginalString;
            case bool yes when vr == DicomVR.IS || vr == DicomVR.DS:
                return yes ? "1" : "0";
            case bool yes:
                return yes ? "YES" : "NO";
            case Enum name when vr == DicomVR.IS || vr == DicomVR.DS:
                return name.ToString("D");
            case Enum name when vr == DicomVR.CS:
                return name.ToString().ToUpperInvariant();
            case float or double or decimal when vr == DicomVR.DS:
                return Decimal(value) ?? throw Refused(tag, vr, ValueRules.RuleOf(vr));
            case float or double or decimal when vr == DicomVR.IS:
                return IsWhole(value) ? Convert.ToDecimal(value, invariant).ToString("0", invariant) : throw Refused(tag, vr, ValueRules.RuleOf(vr));
            default:
                return Convert.ToString(value, invariant) ?? "";
        }
    }

    /// <summary>With as many digits as fit into 16 characters; null if it cannot be written so.</summary>
    private static string? Decimal(object value)
    {
        var number = (IFormattable)value;
        if (value is double and (double.NaN or double.PositiveInfinity or double.NegativeInfinity) || value is float and (float.NaN or float.PositiveInfinity or float.NegativeInfinity))
            return null;
        var text = number.ToString(null, CultureInfo.InvariantCulture);
        for (var digits = MaxDecimal; text.Length > MaxDecimal && digits > 0; digits--)
            text = number.ToString("G" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text.Length <= MaxDecimal ? text : null;
    }

    private static byte[] EncodeNumbers(object?[] values, DicomTag tag, DicomVR vr)
    {
        if (Rule(vr) is not { } rule)
            throw Refused(tag, vr, "bytes");
        if (ValueRules.BrokenCount(values.Length, DicomDictionary.Lookup(tag)?.VM) is { } count)
            throw new ArgumentException($"{Named(tag)}: {count}.");
        try
        {
            return values.SelectMany(v => EncodeNumber(v, vr)).ToArray();
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException)
        {
            throw Refused(tag, vr, rule);
        }
    }

    private static byte[] EncodeNumber(object? value, DicomVR vr)
    {
        var culture = CultureInfo.InvariantCulture;
        var bytes = new byte[vr == DicomVR.AT ? 4 : vr.UnitSize];
        if (value is null || (value is float or double or decimal && vr.Code is not ("FL" or "FD") && !IsWhole(value)))
            throw new InvalidCastException();
        switch (vr.Code)
        {
            case "US": BinaryPrimitives.WriteUInt16LittleEndian(bytes, Convert.ToUInt16(value, culture)); break;
            case "SS": BinaryPrimitives.WriteInt16LittleEndian(bytes, Convert.ToInt16(value, culture)); break;
            case "UL": BinaryPrimitives.WriteUInt32LittleEndian(bytes, Convert.ToUInt32(value, culture)); break;
            case "SL": BinaryPrimitives.WriteInt32LittleEndian(bytes, Convert.ToInt32(value, culture)); break;
            case "UV": BinaryPrimitives.WriteUInt64LittleEndian(bytes, Convert.ToUInt64(value, culture)); break;
            case "SV": BinaryPrimitives.WriteInt64LittleEndian(bytes, Convert.ToInt64(value, culture)); break;
            case "FL": BinaryPrimitives.WriteSingleLittleEndian(bytes, Single(value)); break;
            case "FD": BinaryPrimitives.WriteDoubleLittleEndian(bytes, Convert.ToDouble(value, culture)); break;
            default:
                var tag = value is DicomTag given ? given : DicomTag.Parse(Convert.ToString(value, culture) ?? "");
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, tag.Group);
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), tag.Element);
                break;
        }
        return bytes;
    }

    /// <summary>A number that is too large for single precision is refused. Infinity is not.</summary>
    private static float Single(object value)
    {
        var wide = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return double.IsFinite(wide) && !float.IsFinite((float)wide) ? throw new OverflowException() : (float)wide;
    }

    private static bool IsWhole(object value) => value switch
    {
        double real => double.IsInteger(real) && Math.Abs(real) < 1e28,
        float real => float.IsInteger(real) && Math.Abs(real) < 1e28f,
        decimal real => decimal.IsInteger(real),
        _ => true,
    };

    private static string? Rule(DicomVR vr) => vr.Code switch
    {
        "US" => "whole numbers from 0 to 65535",
        "SS" => "whole numbers from -32768 to 32767",
        "UL" => "whole numbers from 0 to 4294967295",
        "SL" => "whole numbers from -2147483648 to 2147483647",
        "UV" => "whole numbers from 0 to 18446744073709551615",
        "SV" => "whole numbers from -9223372036854775808 to 9223372036854775807",
        "FL" => "numbers of single precision",
        "FD" => "numbers",
        "AT" => "tags, such as 00100010",
        _ => null,
    };

    private static ArgumentException Refused(DicomTag tag, DicomVR vr, string rule) => new($"{Named(tag)} has VR {vr}, which takes {rule}.");

    private static string Named(DicomTag tag) => DicomDictionary.Lookup(tag) is { Keyword.Length: > 0 } known ? $"{known.Keyword} {tag}" : tag.ToString();

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
