using System.Globalization;

namespace FlywheelDicom;

/// <summary>A value in a private block, which marks a data set (PS3.5 §7.8.1).</summary>
internal sealed class PrivateValue
{
    private const int MaxLength = 64;

    private readonly DicomEdit _identifier;
    private readonly DicomEdit _value;

    /// <exception cref="ArgumentException">The group cannot hold private elements, or a text does not fit LO.</exception>
    public PrivateValue(int group, string identifier, string value)
    {
        if (group is <= 0x0008 or >= 0xFFFF || (group & 1) == 0)
            throw new ArgumentException($"Group 0x{group:X4} cannot hold private elements: it must be odd, above 0x0008 and below 0xFFFF.");
        Group = (ushort)group;
        Identifier = Checked(identifier);
        Value = Checked(value);
        (_identifier, _value) = (Text(Identifier), Text(Value));
    }

    public ushort Group { get; }

    /// <summary>The private creator.</summary>
    public string Identifier { get; }
    public string Value { get; }

    /// <summary>The element, as a path names it.</summary>
    public string Name => $"({Group:X4},xx00:{Identifier})";

    /// <summary>
    /// The elements to add. None if the value is there already. Else the value, in the first free element of the creator's block. If there is
    /// no creator yet, it gets the first free block that has no elements.
    /// </summary>
    /// <exception cref="PrivateBlockFullException">There is no free block or element.</exception>
    internal (DicomTag Tag, DicomEdit Edit)[] Reserve(DicomDataset dataset)
    {
        var present = dataset.Tags().Where(t => t.Group == Group).Select(t => t.Element).ToHashSet();
        for (var block = 0x10; block <= 0xFF; block++)
        {
            if (present.Contains((ushort)block) && IsSame(dataset.GetShortText(Element(block)), Identifier))
                return InBlock(dataset, present, block);
        }
        for (var block = 0x10; block <= 0xFF; block++)
        {
            if (present.Contains((ushort)block) || present.Any(e => e >> 8 == block))
                continue;
            return [(Element(block), _identifier), (Element(block << 8), _value)];
        }
        throw new PrivateBlockFullException(
            $"Group 0x{Group:X4} has no free private block for '{Identifier}': all 240 are reserved or hold elements without a creator.");
    }

    private (DicomTag, DicomEdit)[] InBlock(DicomDataset dataset, HashSet<ushort> present, int block)
    {
        var elements = Enumerable.Range(block << 8, 256).Select(e => (ushort)e).ToList();
        if (elements.Any(e => present.Contains(e) && IsSame(dataset.GetShortText(Element(e)), Value)))
            return [];
        foreach (var element in elements)
        {
            if (!present.Contains(element))
                return [(Element(element), _value)];
        }
        throw new PrivateBlockFullException(
            $"Private block (0x{Group:X4},{block:X2}xx) of '{Identifier}' is full: none of its 256 elements is free.");
    }

    private DicomTag Element(int element) => new(Group, (ushort)element);

    private DicomEdit Text(string text) => DicomEdit.Set(DicomVR.LO, DicomValueEncoding.Encode(text, Element(0), DicomVR.LO, DicomCharacterSet.Default));

    /// <summary>The standard requires the same text. In practice case and padding differ.</summary>
    private static bool IsSame(string? found, string wanted)
        => found is not null && string.Equals(found.Trim(), wanted, StringComparison.OrdinalIgnoreCase);

    private static string Checked(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        var trimmed = text.Trim();
        if (trimmed.Length > MaxLength || trimmed.Any(c => c is < ' ' or > '~' or '\\'))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"'{trimmed}' must be 1 to {MaxLength} ASCII characters without a backslash."));
        }
        return trimmed;
    }
}
