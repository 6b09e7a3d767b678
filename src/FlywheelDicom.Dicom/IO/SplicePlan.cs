namespace FlywheelDicom.IO;

/// <summary>
/// Makes changes of the byte stream from edits. Elements are put in the order of their tags, in the encoding of the data set. The length of
/// their group, if there is one, is corrected (PS3.5 §7.2). All other bytes stay as they are.
/// </summary>
internal static class SplicePlan
{
    public static Splice[] Of(DicomHeader header, IReadOnlyDictionary<DicomTag, DicomEdit> edits)
    {
        var splices = header.Repairs.Length == 0 ? [] : Remaining(header, edits).ToList();
        foreach (var (tag, edit) in edits.OrderBy(e => e.Key))
        {
            if (Place(header, tag, edit) is { } splice)
                splices.Add(splice);
        }
        foreach (var group in edits.Keys.Select(t => t.Group).Distinct())
        {
            if (GroupLength(header, edits, group) is { } correction)
                splices.Add(correction);
        }
        return Merge(splices);
    }

    /// <summary>By how many bytes the data set grows.</summary>
    public static long Growth(Splice[] plan) => plan.Sum(s => s.Inserted.Length - s.Removed);

    /// <summary>The repairs of elements that are not edited. The length of an edited group is computed again.</summary>
    private static IEnumerable<Splice> Remaining(DicomHeader header, IReadOnlyDictionary<DicomTag, DicomEdit> edits)
    {
        var replaced = edits.Keys.Select(header.Find).OfType<ElementEntry>()
            .Concat(edits.Keys.Select(t => header.Find(new DicomTag(t.Group, 0))).OfType<ElementEntry>()).ToArray();
        return header.Repairs.Where(r => !Array.Exists(replaced, e => IsOf(r, e)));
    }

    /// <summary>A repair is inside its element, or is the padding at its end.</summary>
    private static bool IsOf(Splice repair, ElementEntry entry) => repair.Position > entry.Position && repair.Position <= entry.End;

    private static Splice? Place(DicomHeader header, DicomTag tag, DicomEdit edit)
    {
        if (header.Find(tag) is { } entry)
            return new Splice(entry.Position, entry.End - entry.Position, edit.IsRemoval ? [] : ElementBytes.Of(header.Framing.Encoding, tag, edit));
        if (edit.IsRemoval)
            return null;
        return new Splice(InsertionPoint(header, tag), 0, ElementBytes.Of(header.Framing.Encoding, tag, edit));
    }

    private static long InsertionPoint(DicomHeader header, DicomTag tag)
    {
        foreach (var entry in header.Entries)
        {
            if (entry.Tag > tag)
                return entry.Position;
        }
        if (header.PixelDataPosition >= 0 && tag < DicomTag.FloatPixelData)
            return header.PixelDataPosition;
        foreach (var entry in header.Tail)
        {
            if (entry.Tag > tag)
                return entry.Position;
        }
        return header.DatasetEnd;
    }

    private static Splice? GroupLength(DicomHeader header, IReadOnlyDictionary<DicomTag, DicomEdit> edits, ushort group)
    {
        var tag = new DicomTag(group, 0);
        if (header.Find(tag) is not { Length: 4 } stated || edits.ContainsKey(tag))
            return null;
        var size = Elements(header).Where(e => e.Tag.Group == group && !e.Tag.IsGroupLength && !edits.ContainsKey(e.Tag)).Sum(e => e.End - e.Position + Growth(header.Repairs, e))
            + edits.Where(e => e.Key.Group == group && !e.Value.IsRemoval).Sum(e => (long)ElementBytes.Of(header.Framing.Encoding, e.Key, e.Value).Length);
        var value = new byte[4];
        header.Framing.Encoding.WriteUInt32(value, (uint)size);
        return new Splice(stated.ValuePosition, 4, value);
    }

    private static long Growth(Splice[] repairs, ElementEntry entry)
        => repairs.Length == 0 ? 0 : repairs.Where(r => IsOf(r, entry)).Sum(r => r.Inserted.Length - r.Removed);

    private static IEnumerable<ElementEntry> Elements(DicomHeader header) => header.Entries.Concat(header.Tail);

    /// <summary>Sorts by position. Insertions at one position become one, in the order of their tags.</summary>
    internal static Splice[] Merge(List<Splice> splices)
    {
        var merged = new List<Splice>();
        foreach (var splice in splices.OrderBy(s => s.Position))
        {
            if (merged.Count > 0 && merged[^1] is { Removed: 0 } last && last.Position == splice.Position)
                merged[^1] = new Splice(last.Position, splice.Removed, [.. last.Inserted, .. splice.Inserted]);
            else
                merged.Add(splice);
        }
        return [.. merged];
    }
}
