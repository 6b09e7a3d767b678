using FlywheelDicom.IO;

namespace FlywheelDicom;

/// <summary>
/// One data element of a header, its value decoded when asked for. Elements are equal where tag, VR and value are, and are ordered by
/// tag: <c>Compare-Object $a.Dataset $b.Dataset</c> gives what differs. Tag and VR are texts, as they are sorted, exported and converted.
/// </summary>
public sealed class DicomElement : IComparable, IComparable<DicomElement>, IEquatable<DicomElement>
{
    private readonly DicomDataset? _dataset;
    private readonly long _sizeNotLoaded;
    private string? _text;

    internal DicomElement(DicomDataset dataset, DicomTag tag, DicomVR vr, long length)
        => (_dataset, Id, VR, Length) = (dataset, tag, vr.Code, length);

    private DicomElement(DicomTag tag, DicomVR vr, long length, long size)
        => (Id, VR, Length, _sizeNotLoaded) = (tag, vr.Code, length, size);

    /// <summary>An element that is only named.</summary>
    internal static DicomElement NotLoaded(DicomTag tag, DicomVR vr, long length, long size) => new(tag, vr, length, size);

    /// <summary>The tag as (gggg,eeee).</summary>
    public string Tag => Id.ToString();

    /// <summary>The VR, two letters (PS3.5 §6.2); for a data set in Implicit VR that of the dictionary.</summary>
    public string VR { get; }

    /// <summary>Bytes of the value as encoded; -1 where the length is undefined.</summary>
    public long Length { get; }

    /// <summary>The standard's keyword, or empty for private elements.</summary>
    public string Keyword => DicomDictionary.Lookup(Id)?.Keyword ?? "";

    /// <summary>The standard's name.</summary>
    public string Name => DicomDictionary.Lookup(Id)?.Name ?? (Id.IsPrivateCreator ? "Private Creator" : Id.IsGroupLength ? "Group Length" : Id.IsPrivate ? "Private" : "Unknown");

    /// <summary>Who reserved the block that a private element stands in (PS3.5 §7.8.1); empty where nobody did, and for standard elements.</summary>
    public string PrivateCreator => Id is { IsPrivate: true, Element: >= 0x1000 } && _dataset is not null
        ? _dataset.GetShortText(new DicomTag(Id.Group, (ushort)(Id.Element >> 8))) ?? "" : "";

    /// <summary>
    /// Text, a number, a list of them (<see cref="DicomValues{T}"/>), of data sets for a sequence, or of bytes. Null where it is empty,
    /// and for pixel data, which is not loaded.
    /// </summary>
    public object? Value => _dataset?.GetValue(Id) switch
    {
        byte[] bytes => new DicomValues<byte>(bytes),
        DicomDataset[] items => new DicomValues<DicomDataset>(items),
        string[] texts => new DicomValues<string>(texts),
        Array many => DicomValues.Of(many),
        var one => one,
    };

    /// <summary>Tag, VR, keyword or private creator, and the beginning of the value in one line.</summary>
    public override string ToString()
    {
        const int limit = 120;
        var text = PlainText.Clean(Summary);
        return $"{Tag} {VR} {Label} = {(text.Length > limit ? string.Concat(text.AsSpan(0, limit - 1), "…") : text)}";
    }

    /// <inheritdoc/>
    public bool Equals(DicomElement? other) => other is not null && CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DicomElement);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, VR, Text);

    /// <summary>By tag; elements with the same tag by VR and value.</summary>
    public int CompareTo(DicomElement? other)
    {
        if (other is null)
            return 1;
        var order = Id.CompareTo(other.Id);
        if (order == 0)
            order = string.CompareOrdinal(VR, other.VR);
        return order == 0 ? string.CompareOrdinal(Text, other.Text) : order;
    }

    /// <inheritdoc/>
    int IComparable.CompareTo(object? obj) => obj switch
    {
        null => 1,
        DicomElement other => CompareTo(other),
        _ => throw new ArgumentException("It is not a DICOM element.", nameof(obj)),
    };

    /// <summary>Whether tag, VR and value are equal.</summary>
    public static bool operator ==(DicomElement? left, DicomElement? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether tag, VR or value differ.</summary>
    public static bool operator !=(DicomElement? left, DicomElement? right) => !(left == right);

    /// <summary>Whether the left one comes first.</summary>
    public static bool operator <(DicomElement? left, DicomElement? right) => left is null ? right is not null : left.CompareTo(right) < 0;

    /// <summary>Whether the left one comes first, or they are equal.</summary>
    public static bool operator <=(DicomElement? left, DicomElement? right) => left is null || left.CompareTo(right) <= 0;

    /// <summary>Whether the left one comes last.</summary>
    public static bool operator >(DicomElement? left, DicomElement? right) => right < left;

    /// <summary>Whether the left one comes last, or they are equal.</summary>
    public static bool operator >=(DicomElement? left, DicomElement? right) => right <= left;

    internal DicomTag Id { get; }

    /// <summary>The keyword, or the private creator in brackets.</summary>
    internal string Label => Keyword.Length > 0 ? Keyword : Id.IsGroupLength ? "(group length)" : Id.IsPrivateCreator ? "(private creator)" : PrivateCreator is { Length: > 0 } creator ? $"[{creator}]" : "";

    /// <summary>The value for one line: bytes, items and what is too long to be looked at only by their number.</summary>
    internal string Summary => _dataset is null || Size > ElementText.MaxShown ? $"{Size} bytes, not loaded" : AsText(ElementText.Short);

    /// <summary>Items of a sequence that is short enough to be listed; empty for all else.</summary>
    /// <exception cref="DicomFormatException">Its items make no sense.</exception>
    internal IReadOnlyList<DicomDataset> Items => VR == DicomVR.SQ.Code && Size <= ElementText.MaxShown && _dataset?.GetValue(Id) is DicomDataset[] items ? items : [];

    private long Size => _dataset is null ? _sizeNotLoaded : _dataset.SizeOf(Id);

    /// <summary>What is compared: the whole value. Of one too large to be loaded it is the size.</summary>
    private string Text => _text ??= _dataset is null || Size > DicomHeader.MaxLoadedValue ? $"{Size} bytes" : AsText(ElementText.Whole);

    /// <summary>A sequence that makes no sense costs its own line, not the listing.</summary>
    private string AsText(Func<object?, string> text)
    {
        try
        {
            return text(_dataset?.GetValue(Id));
        }
        catch (DicomFormatException e)
        {
            return $"{Size} bytes, not readable: {e.Message}";
        }
    }
}
