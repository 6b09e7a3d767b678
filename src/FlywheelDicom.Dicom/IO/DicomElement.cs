using System.Globalization;

namespace FlywheelDicom;

/// <summary>One data element of a header: its tag, its VR and its value, decoded when asked for.</summary>
public sealed class DicomElement
{
    private readonly DicomDataset _dataset;

    internal DicomElement(DicomDataset dataset, DicomTag tag, DicomVR vr, long length)
        => (_dataset, Tag, VR, Length) = (dataset, tag, vr, length);

    /// <summary>The tag.</summary>
    public DicomTag Tag { get; }

    /// <summary>The VR; for a data set in Implicit VR that of the dictionary.</summary>
    public DicomVR VR { get; }

    /// <summary>Bytes of the value as encoded; -1 where the length is undefined.</summary>
    public long Length { get; }

    /// <summary>The standard's keyword, or empty for private elements.</summary>
    public string Keyword => DicomDictionary.Lookup(Tag)?.Keyword ?? "";

    /// <summary>The standard's name.</summary>
    public string Name => DicomDictionary.Lookup(Tag)?.Name ?? (Tag.IsPrivateCreator ? "Private Creator" : Tag.IsPrivate ? "Private" : "Unknown");

    /// <summary>
    /// Text, number, array of them, data sets for a sequence, or bytes; null where empty.
    /// </summary>
    public object? Value => _dataset.GetValue(Tag);

    /// <summary>Tag, VR, keyword and value in one line.</summary>
    public override string ToString() => $"{Tag} {VR} {Keyword} = {Describe(Value)}";

    internal static string Describe(object? value) => value switch
    {
        null => "",
        byte[] bytes => $"{bytes.Length} bytes",
        DicomDataset[] items => $"{items.Length} items",
        Array many => string.Join('\\', many.Cast<object>().Select(v => Convert.ToString(v, CultureInfo.InvariantCulture))),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
