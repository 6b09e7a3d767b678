using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FlywheelDicom;

/// <summary>The group and element number that name a data element (PS3.5 §7.1).</summary>
public readonly record struct DicomTag(ushort Group, ushort Element) : IComparable<DicomTag>
{
    internal static readonly DicomTag TransferSyntaxUID = new(0x0002, 0x0010);
    internal static readonly DicomTag SpecificCharacterSet = new(0x0008, 0x0005);
    internal static readonly DicomTag SOPClassUID = new(0x0008, 0x0016);
    internal static readonly DicomTag SOPInstanceUID = new(0x0008, 0x0018);
    internal static readonly DicomTag Modality = new(0x0008, 0x0060);
    internal static readonly DicomTag PatientName = new(0x0010, 0x0010);
    internal static readonly DicomTag PatientID = new(0x0010, 0x0020);
    internal static readonly DicomTag StudyInstanceUID = new(0x0020, 0x000D);
    internal static readonly DicomTag SeriesInstanceUID = new(0x0020, 0x000E);
    internal static readonly DicomTag BitsAllocated = new(0x0028, 0x0100);
    internal static readonly DicomTag PixelRepresentation = new(0x0028, 0x0103);
    internal static readonly DicomTag FloatPixelData = new(0x7FE0, 0x0008);
    internal static readonly DicomTag DoubleFloatPixelData = new(0x7FE0, 0x0009);
    internal static readonly DicomTag PixelData = new(0x7FE0, 0x0010);
    internal static readonly DicomTag Item = new(0xFFFE, 0xE000);
    internal static readonly DicomTag ItemDelimitationItem = new(0xFFFE, 0xE00D);
    internal static readonly DicomTag SequenceDelimitationItem = new(0xFFFE, 0xE0DD);

    /// <summary>A tag from its 32-bit form, such as 0x00100010.</summary>
    public DicomTag(uint value) : this((ushort)(value >> 16), (ushort)value) { }

    /// <summary>Group and element as one number; the order of tags in a data set is the order of these.</summary>
    public uint Value => (uint)Group << 16 | Element;

    /// <summary>Odd groups are private (PS3.5 §7.8).</summary>
    public bool IsPrivate => (Group & 1) == 1;

    /// <summary>(gggg,0010) to (gggg,00FF) of an odd group: reserves a block of private elements (PS3.5 §7.8.1).</summary>
    public bool IsPrivateCreator => IsPrivate && Element is >= 0x0010 and <= 0x00FF;

    /// <summary>(gggg,0000): the retired length of a group (PS3.5 §7.2).</summary>
    public bool IsGroupLength => Element == 0;

    /// <summary>Native, float or double pixel data: where a header ends.</summary>
    public bool IsPixelData => Group == 0x7FE0 && Element is 0x0008 or 0x0009 or 0x0010;

    /// <summary>Compares by <see cref="Value"/>.</summary>
    public int CompareTo(DicomTag other) => Value.CompareTo(other.Value);

    /// <summary>Whether the left tag comes first in a data set.</summary>
    public static bool operator <(DicomTag left, DicomTag right) => left.Value < right.Value;

    /// <summary>Whether the left tag comes last in a data set.</summary>
    public static bool operator >(DicomTag left, DicomTag right) => left.Value > right.Value;

    /// <summary>Whether the tags are equal, or the left one comes first.</summary>
    public static bool operator <=(DicomTag left, DicomTag right) => left.Value <= right.Value;

    /// <summary>Whether the tags are equal, or the left one comes last.</summary>
    public static bool operator >=(DicomTag left, DicomTag right) => left.Value >= right.Value;

    /// <summary>Reads a keyword (PatientName), (0010,0010), 0010,0010, 00100010 or 0x00100010.</summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static DicomTag Parse(string tagOrKeyword)
    {
        ArgumentNullException.ThrowIfNull(tagOrKeyword);
        return TryParse(tagOrKeyword, out var tag)
            ? tag
            : throw new FormatException(KeywordSearch.Describe(tagOrKeyword));
    }

    /// <inheritdoc cref="Parse"/>
    public static bool TryParse([NotNullWhen(true)] string? tagOrKeyword, out DicomTag tag)
    {
        tag = default;
        if (string.IsNullOrWhiteSpace(tagOrKeyword))
            return false;
        var text = tagOrKeyword.AsSpan().Trim();
        if (text[0] == '(' && text[^1] == ')')
            text = text[1..^1];
        if (text.Length == 9 && text[4] == ',')
        {
            if (!TryHex(text[..4], out var group) || !TryHex(text[5..], out var element))
                return false;
            tag = new DicomTag((ushort)group, (ushort)element);
            return true;
        }
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            text = text[2..];
        if (text.Length == 8 && TryHex(text, out var value))
        {
            tag = new DicomTag(value);
            return true;
        }
        return DicomDictionary.TryGetTag(tagOrKeyword.Trim(), out tag);
    }

    /// <summary>(gggg,eeee) in upper-case hexadecimal digits.</summary>
    public override string ToString() => $"({Group:X4},{Element:X4})";

    private static bool TryHex(ReadOnlySpan<char> text, out uint value)
        => uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
