namespace FlywheelDicom.IO;

/// <summary>A data set, or an item, that a walk is in: what changes in it and has not been met yet, and by how much it has grown.</summary>
internal sealed class OpenDataset
{
    private readonly Queue<KeyValuePair<DicomTag, DicomEdit>> _new;
    private readonly HashSet<DicomTag> _met = [];
    private readonly Dictionary<DicomTag, string> _creators = [];

    /// <param name="changes">What changes in it; null for nothing.</param>
    /// <param name="encoding">How its elements are encoded.</param>
    public OpenDataset(DatasetChanges? changes, ElementEncoding encoding)
    {
        (Changes, Encoding) = (changes, encoding);
        _new = new(changes?.Elements.Where(e => !e.Value.IsRemoval) ?? []);
    }

    public DatasetChanges? Changes { get; }
    public ElementEncoding Encoding { get; }

    /// <summary>Of an item: where its value begins.</summary>
    public long ValuePosition { get; init; }

    /// <summary>Of an item: bytes of its value, -1 where undefined.</summary>
    public long Length { get; init; } = -1;

    public long Growth { get; private set; }

    /// <summary>The group whose length was met last; null behind its end.</summary>
    public OpenGroup? Group { get; set; }

    public void Grow(long count)
    {
        Growth += count;
        if (Group is { } group)
            group.Growth += count;
    }

    /// <summary>The edit of an element that was met.</summary>
    public DicomEdit? Take(DicomTag tag)
    {
        if (Changes?.Elements.TryGetValue(tag, out var edit) != true)
            return null;
        // A second one of the same tag goes: no reader agrees with another which of them counts.
        return _met.Add(tag) ? edit : DicomEdit.Removal;
    }

    /// <summary>The next new element whose place is before a tag, or before the end; null where there is none.</summary>
    public KeyValuePair<DicomTag, DicomEdit>? NextNew(DicomTag? before)
    {
        while (_new.TryPeek(out var next) && (before is not { } tag || next.Key <= tag))
        {
            if (next.Key == before)
                return null;
            _new.Dequeue();
            if (_met.Add(next.Key))
                return next;
        }
        return null;
    }

    /// <summary>Later elements of its block hang on it.</summary>
    public void RememberCreator(DicomReader reader)
    {
        if (reader.Kind == DicomTokenKind.Element && reader.Tag.IsPrivateCreator)
            _creators[reader.Tag] = Text(reader);
    }

    /// <summary>The creator that owns the block of a private element.</summary>
    public string? CreatorOf(DicomTag tag) => _creators.GetValueOrDefault(new DicomTag(tag.Group, (ushort)(tag.Element >> 8)));

    private static string Text(DicomReader reader)
    {
        Span<byte> bytes = stackalloc byte[128];
        var count = 0;
        while (count < bytes.Length && reader.ReadValue(bytes[count..]) is > 0 and var read)
            count += read;
        return System.Text.Encoding.Latin1.GetString(bytes[..count]).Trim(' ', '\0');
    }

    /// <summary>A group that states its length.</summary>
    public sealed record OpenGroup(DicomTag Tag, long ValuePosition)
    {
        public long Growth { get; set; }
    }
}
