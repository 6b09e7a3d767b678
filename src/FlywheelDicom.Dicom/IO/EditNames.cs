namespace FlywheelDicom.IO;

/// <summary>What an instance was edited in, or was to be edited in, in the words of a result: names of elements, never values.</summary>
internal readonly struct EditNames
{
    private const int Shown = 20;

    private readonly string[]? _names;
    private readonly bool _isUnknown;

    private EditNames(string[]? names, bool isUnknown) => (_names, _isUnknown) = (names, isUnknown);

    /// <summary>Something that cannot be named may have been edited, or was to be.</summary>
    public EditNames Unknown => new(_names, true);

    /// <summary>The same with further names; one stands once.</summary>
    public EditNames With(IEnumerable<string> names) => new([.. (_names ?? []).Union(names, StringComparer.Ordinal)], _isUnknown);

    /// <summary>The names; empty where there was no edit; null where that is not known.</summary>
    public string? Text(bool isUsable)
    {
        if (_names is not { Length: > 0 } names)
            return _isUnknown || !isUsable ? null : "";
        return string.Join(", ", names.Take(Shown)) + (names.Length > Shown ? $", and {names.Length - Shown} more" : "");
    }

    /// <summary>The element, or the sequence at the top of the data set that it stands in.</summary>
    public static string Of(ElementPath path) => Of(path.IsTop ? path.Target : path.Steps[0].Name);

    /// <summary>Its keyword, or its tag.</summary>
    public static string Of(ElementName name)
        => name.Creator is null ? DicomDictionary.Lookup(name.Tag)?.Keyword is { Length: > 0 } keyword ? keyword : name.Tag.ToString() : name.ToString();
}
