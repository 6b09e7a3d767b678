using System.Collections;
using FlywheelDicom.IO;

namespace FlywheelDicom;

/// <summary>
/// The header of an instance, or one item of a sequence: elements looked up by tag or keyword. It holds the encoded bytes
/// and decodes what is asked for. Where a value is too large to be kept (64 KB and more) it is read again from the source.
/// Listed, the header of a file begins with the file's meta information (group 0002) and ends with pixel data, which is named but not loaded.
/// </summary>
/// <remarks>It is an <see cref="IList"/> for PowerShell, which else binds it to a parameter as one object: Compare-Object would see no elements.</remarks>
public sealed class DicomDataset : IReadOnlyList<DicomElement>, IList
{
    private const int MaxDepth = 64;

    /// <summary>64 characters of any character set, and padding beyond what is allowed.</summary>
    private const int MaxShortText = 1024;

    private readonly byte[] _bytes;
    private readonly ElementEntry[] _entries;
    private readonly IReadOnlyDictionary<DicomTag, DicomEdit> _edits;
    private readonly Func<long, int, byte[]>? _load;
    private readonly int _depth;
    private readonly FileFrame? _frame;
    private DicomCharacterSet? _characterSet;
    private DicomElement[]? _listed;

    internal DicomDataset(
        byte[] bytes, ElementEntry[] entries, DicomCharacterSet? inherited = null, Func<long, int, byte[]>? load = null,
        IReadOnlyDictionary<DicomTag, DicomEdit>? edits = null, int depth = 0, FileFrame? frame = null)
    {
        _bytes = bytes;
        _entries = entries;
        _load = load;
        _edits = edits ?? DicomEdit.None;
        _depth = depth;
        _frame = frame;
        if (inherited is not null && !Contains(DicomTag.SpecificCharacterSet))
            _characterSet = inherited;
    }

    /// <summary>The value by tag: text, number, array, items or bytes; null where absent or empty.</summary>
    public object? this[DicomTag tag] => GetValue(tag);

    /// <summary>The value by keyword, (gggg,eeee) or ggggeeee.</summary>
    /// <remarks>PowerShell takes what an indexer throws for null, so the host is told too: <see cref="DicomHost.UnknownKeyword"/>.</remarks>
    /// <exception cref="FormatException">The text is neither a tag nor a keyword.</exception>
    public object? this[string tagOrKeyword]
    {
        get
        {
            if (DicomTag.TryParse(tagOrKeyword, out var tag))
                return GetValue(tag);
            KeywordSearch.Report(tagOrKeyword);
            throw new FormatException(KeywordSearch.Describe(tagOrKeyword ?? ""));
        }
    }

    /// <summary>The value by the number of its tag, such as 0x00100010.</summary>
    public object? this[uint tag] => GetValue(new DicomTag(tag));

    /// <inheritdoc cref="this[uint]"/>
    /// <remarks>PowerShell writes 0x90990010 as a negative number; a list's index of type int would count from its end then.</remarks>
    public object? this[long tag] => GetValue(new DicomTag((uint)tag));

    /// <summary>How many elements there are in the listing, without those inside sequences.</summary>
    public int Count => Listed.Length;

    /// <summary>The character set that (0008,0005) names, or that of the enclosing data set.</summary>
    internal DicomCharacterSet CharacterSet
        => _characterSet ??= DicomCharacterSet.Parse(RawText(DicomTag.SpecificCharacterSet, DicomVR.CS));

    /// <summary>Whether the element is present; it may be empty.</summary>
    public bool Contains(DicomTag tag)
        => IsMeta(tag) ? _frame?.Meta.Contains(tag) == true : _edits.TryGetValue(tag, out var edit) ? !edit.IsRemoval : Find(tag) >= 0;

    /// <summary>Whether the element is present; it may be empty.</summary>
    public bool Contains(string tagOrKeyword) => Contains(DicomTag.Parse(tagOrKeyword));

    /// <summary>The exact text of a text element without its padding, or null where it is absent or empty.</summary>
    public string? GetString(DicomTag tag)
    {
        if (IsMeta(tag))
            return _frame?.Meta.GetString(tag);
        var vr = VROf(tag);
        if (!vr.IsText)
            return GetValue(tag) is { } value ? ElementText.Short(value) : null;
        var text = RawText(tag, vr);
        return string.IsNullOrEmpty(text) ? null : text;
    }

    /// <summary>The text of an element that is taken for LO, where an implicit data set cannot say so; null where it is too long for that.</summary>
    internal string? GetShortText(DicomTag tag)
        => !_edits.ContainsKey(tag) && Find(tag) is >= 0 and var index && _entries[index].Length > MaxShortText ? null : RawText(tag, DicomVR.LO);

    /// <inheritdoc cref="GetString(DicomTag)"/>
    public string? GetString(string tagOrKeyword) => GetString(DicomTag.Parse(tagOrKeyword));

    /// <summary>The same as the indexer, but a word that is none is an error in any shell.</summary>
    /// <exception cref="FormatException">The text is neither a tag nor a keyword; the message names the nearest.</exception>
    public object? GetValue(string tagOrKeyword) => GetValue(DicomTag.Parse(tagOrKeyword));

    /// <inheritdoc cref="this[DicomTag]"/>
    public object? GetValue(DicomTag tag)
    {
        if (IsMeta(tag))
            return _frame?.Meta.GetValue(tag);
        if (_edits.TryGetValue(tag, out var edit))
            return edit.IsRemoval ? null : DicomValue.Decode(edit.Value, edit.VR, CharacterSet);
        var index = Find(tag);
        if (index < 0)
            return null;
        var entry = _entries[index];
        var vr = VROf(entry);
        if (entry.IsSequence || vr == DicomVR.SQ)
            return Items(entry);
        return entry.IsBigEndian && entry.VR != DicomVR.UN
            ? DicomValue.DecodeBigEndian(ValueBytes(entry), vr, CharacterSet) : DicomValue.Decode(ValueBytes(entry), vr, CharacterSet);
    }

    /// <summary>The elements in the order of the file; after an edit in the order of tags.</summary>
    public IEnumerator<DicomElement> GetEnumerator() => Listed.AsEnumerable().GetEnumerator();

    /// <summary>How many elements there are, for a line of text.</summary>
    public override string ToString() => $"{Count} elements";

    IEnumerator IEnumerable.GetEnumerator() => Listed.GetEnumerator();

    /// <summary>The elements of the data set alone: no meta information, no pixel data.</summary>
    internal IEnumerable<DicomElement> Elements()
    {
        foreach (var tag in Tags())
        {
            var length = _edits.TryGetValue(tag, out var edit) ? edit.Value.Length : _entries[Find(tag)].Length;
            yield return new DicomElement(this, tag, VROf(tag), length);
        }
    }

    private DicomElement[] Listed => _listed ??= [.. _frame?.Meta.Elements() ?? [], .. Elements(), .. _frame?.PixelData is { } pixels ? [pixels] : Array.Empty<DicomElement>()];

    /// <summary>Group 0002 is no part of a data set; where it stands before one, it is asked for there.</summary>
    private bool IsMeta(DicomTag tag) => tag.Group == FileFrame.MetaGroup && _frame is not null;

    internal DicomVR VROf(DicomTag tag)
    {
        if (_edits.TryGetValue(tag, out var edit) && !edit.IsRemoval)
            return edit.VR;
        var index = Find(tag);
        return index < 0 ? ImpliedVR(tag) : VROf(_entries[index]);
    }

    /// <summary>A sequence by the standard, or by its bytes.</summary>
    internal bool IsSequence(DicomTag tag)
        => DicomDictionary.IsSequence(tag) || (!_edits.ContainsKey(tag) && Find(tag) is >= 0 and var index && _entries[index].IsSequence);

    /// <summary>Bytes of a value as encoded, whatever its length says.</summary>
    internal long SizeOf(DicomTag tag)
    {
        if (_edits.TryGetValue(tag, out var edit))
            return edit.Value.Length;
        return Find(tag) is >= 0 and var index ? _entries[index].End - _entries[index].ValuePosition : 0;
    }

    private DicomVR VROf(ElementEntry entry)
    {
        // What passed through a system that did not know it arrives as UN, little endian (PS3.5 §6.2.2); we may know it.
        if (entry.IsExplicit && !entry.VR.IsKnown && !entry.VR.IsLongForm)
            return DicomDictionary.ImpliedVR(entry.Tag);
        if (entry.IsExplicit)
            return entry.VR == DicomVR.UN && entry.Length >= 0 && DicomDictionary.Lookup(entry.Tag) is { } known && known.VR != DicomVR.SQ ? known.VR : entry.VR;
        if (entry.IsSequence)
            return DicomVR.SQ;
        return ImpliedVR(entry.Tag);
    }

    // PS3.5 §A.1: the implicit US/SS attributes follow Pixel Representation.
    private DicomVR ImpliedVR(DicomTag tag)
        => DicomDictionary.Lookup(tag) is { Alternatives: "US/SS" or "US/SS/OW" } && GetValue(DicomTag.PixelRepresentation) is ushort and 1
            ? DicomVR.SS : DicomDictionary.ImpliedVR(tag);

    /// <summary>The tags of all elements, in order, with edits applied.</summary>
    internal IEnumerable<DicomTag> Tags()
    {
        var present = _entries.Select(e => e.Tag).Where(t => !(_edits.TryGetValue(t, out var edit) && edit.IsRemoval));
        return _edits.Count == 0
            ? present
            : present.Concat(_edits.Where(e => !e.Value.IsRemoval).Select(e => e.Key)).Distinct().Order();
    }

    private string? RawText(DicomTag tag, DicomVR vr)
    {
        // The set itself is in the default repertoire; asking CharacterSet for it would not end.
        var set = vr.IsEncodedText ? CharacterSet : DicomCharacterSet.Default;
        if (_edits.TryGetValue(tag, out var edit))
            return edit.IsRemoval ? null : DicomValue.Text(edit.Value, vr, set);
        var index = Find(tag);
        return index < 0 ? null : DicomValue.Text(ValueBytes(_entries[index]), vr, set);
    }

    private DicomDataset[] Items(ElementEntry entry)
    {
        if (_depth >= MaxDepth)
            return [];
        var bytes = entry.Length == 0 ? [] : ElementBytes(entry);
        return bytes.Length == 0 ? [] : [.. SequenceItems.Parse(bytes, entry, CharacterSet, _depth + 1)];
    }

    private ReadOnlySpan<byte> ValueBytes(ElementEntry entry)
    {
        if (entry.IsSequence || entry.Length <= 0)
            return [];
        return Kept(entry.ValuePosition, entry.Length, out var kept) ? kept : Load(entry.ValuePosition, entry.Length);
    }

    private byte[] ElementBytes(ElementEntry entry)
    {
        var length = entry.End - entry.ValuePosition;
        return Kept(entry.ValuePosition, length, out var kept) ? kept.ToArray() : Load(entry.ValuePosition, length);
    }

    private bool Kept(long position, long length, out ReadOnlySpan<byte> bytes)
    {
        var isKept = position + length <= _bytes.Length;
        bytes = isKept ? _bytes.AsSpan((int)position, (int)length) : default;
        return isKept;
    }

    private byte[] Load(long position, long length)
    {
        if (length > DicomHeader.MaxLoadedValue || _load is null)
            throw new InvalidOperationException($"A value of {length} bytes is too large to be looked at; read it from OpenRead().");
        return _load(position, (int)length);
    }

    private int Find(DicomTag tag) => ElementEntry.IndexOf(_entries, tag);

    bool IList.IsFixedSize => true;

    bool IList.IsReadOnly => true;

    bool ICollection.IsSynchronized => false;

    object ICollection.SyncRoot => this;

    DicomElement IReadOnlyList<DicomElement>.this[int index] => Listed[index];

    object? IList.this[int index]
    {
        get => Listed[index];
        set => throw NotChangedHere();
    }

    void ICollection.CopyTo(Array array, int index) => Listed.CopyTo(array, index);

    bool IList.Contains(object? value) => Listed.Contains(value);

    int IList.IndexOf(object? value) => Array.IndexOf(Listed, value);

    int IList.Add(object? value) => throw NotChangedHere();

    void IList.Clear() => throw NotChangedHere();

    void IList.Insert(int index, object? value) => throw NotChangedHere();

    void IList.Remove(object? value) => throw NotChangedHere();

    void IList.RemoveAt(int index) => throw NotChangedHere();

    private static NotSupportedException NotChangedHere() => new("A header is changed by the instance's SetValue and Remove.");
}
