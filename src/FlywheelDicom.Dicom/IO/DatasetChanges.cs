namespace FlywheelDicom.IO;

/// <summary>What changes in one data set: its own elements, and the items of its sequences.</summary>
internal sealed class DatasetChanges
{
    private readonly Dictionary<(DicomTag, int), DatasetChanges> _items = [];

    /// <summary>In the order of tags.</summary>
    public SortedDictionary<DicomTag, DicomEdit> Elements { get; } = [];

    /// <summary>The character set that the changes give the data set; null where it keeps its own.</summary>
    public DicomCharacterSet? CharacterSet { get; set; }

    /// <summary>Something changes inside a sequence.</summary>
    public bool HasItems => _items.Count > 0;

    /// <summary>The items that change.</summary>
    public IEnumerable<DatasetChanges> Items => _items.Values;

    /// <summary>What changes in one item; null for nothing.</summary>
    public DatasetChanges? Find(DicomTag sequence, int index) => _items.GetValueOrDefault((sequence, index));

    /// <summary>The same, to be added to.</summary>
    public DatasetChanges At(DicomTag sequence, int index)
    {
        if (!_items.TryGetValue((sequence, index), out var changes))
            _items[(sequence, index)] = changes = new DatasetChanges();
        return changes;
    }

    /// <summary>The same without the elements of the data set itself.</summary>
    public DatasetChanges WithoutOwn()
    {
        var rest = new DatasetChanges();
        foreach (var (key, value) in _items)
            rest._items[key] = value;
        return rest;
    }
}
