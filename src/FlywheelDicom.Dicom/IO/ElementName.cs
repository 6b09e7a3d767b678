using System.Globalization;

namespace FlywheelDicom.IO;

/// <summary>How a user names an element: by its tag, or a private one by its creator, whose block is another in each data set (PS3.5 §7.8.1).</summary>
/// <param name="Tag">With a creator only group and the low byte of the element count.</param>
/// <param name="Creator">Null where the tag is meant as it stands.</param>
internal readonly record struct ElementName(DicomTag Tag, string? Creator)
{
    /// <summary>Reads what <see cref="DicomTag.Parse"/> reads, and (gggg,xxee:Creator).</summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static ElementName Parse(string text)
    {
        var name = text.Trim();
        if (name is ['(', .. var inner, ')'])
            name = inner;
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon != 9 || name[4] != ',' || !name.AsSpan(5, 2).Equals("xx", StringComparison.OrdinalIgnoreCase))
            return new(DicomTag.Parse(text), null);
        var creator = name[10..].Trim(' ', '"', '\'');
        if (!ushort.TryParse(name.AsSpan(0, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var group)
            || !byte.TryParse(name.AsSpan(7, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var element)
            || group % 2 == 0 || group <= 0x0008 || group == 0xFFFF || creator.Length is 0 or > 64 || creator.Any(c => c is < ' ' or > '~' or '\\'))
        {
            throw new FormatException("A private element is named as (0021,xx01:Creator): an odd group above 0008, the last two digits of the element, and the creator, 1 to 64 ASCII characters.");
        }
        return new(new DicomTag(group, element), creator);
    }

    /// <summary>Whether a tag is meant, where the creator of its block is known.</summary>
    public bool IsNameOf(DicomTag tag, string? creator)
    {
        if (Creator is null)
            return tag == Tag;
        return tag.Group == Tag.Group && tag.Element >= 0x1000 && (tag.Element & 0xFF) == Tag.Element
            && string.Equals(creator?.Trim(), Creator, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Keyword and tag, or tag and creator.</summary>
    public override string ToString() => Creator is not null ? $"({Tag.Group:X4},xx{Tag.Element:X2}:{Creator})"
        : DicomDictionary.Lookup(Tag) is { Keyword.Length: > 0 } known ? $"{known.Keyword} {Tag}" : Tag.ToString();
}
