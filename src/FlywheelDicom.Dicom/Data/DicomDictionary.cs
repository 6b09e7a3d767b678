using System.Globalization;

namespace FlywheelDicom;

/// <summary>The standard's attributes and UIDs (PS3.6, PS3.7 Annex E), read when first asked for.</summary>
internal static class DicomDictionary
{
    private static readonly Lazy<AttributeTable> s_attributes = new(AttributeTable.Load);
    private static readonly Lazy<Dictionary<string, DicomUID>> s_uids = new(LoadUids);

    /// <summary>The entry of a tag, or null for private and unknown ones.</summary>
    public static DicomDictionaryEntry? Lookup(DicomTag tag) => s_attributes.Value.Lookup(tag);

    /// <summary>Finds the tag of a keyword; case does not count.</summary>
    public static bool TryGetTag(string keyword, out DicomTag tag) => s_attributes.Value.ByKeyword.TryGetValue(keyword, out tag);

    /// <summary>All keywords, for completion.</summary>
    public static IEnumerable<string> Keywords => s_attributes.Value.ByKeyword.Keys;

    /// <summary>All registered UIDs.</summary>
    public static IEnumerable<DicomUID> Uids => s_uids.Value.Values;

    internal static DicomUID? LookupUID(string uid) => s_uids.Value.GetValueOrDefault(uid);

    /// <summary>Whether the element is a sequence by the standard.</summary>
    internal static bool IsSequence(DicomTag tag) => !tag.IsPrivate && s_attributes.Value.Sequences.Contains(tag.Value);

    /// <summary>The VR of an element that states none: that of the dictionary; LO for private creators, UL for group lengths, UN for unknown ones.</summary>
    internal static DicomVR ImpliedVR(DicomTag tag)
    {
        if (tag.IsGroupLength)
            return DicomVR.UL;
        if (tag.IsPrivate)
            return tag.IsPrivateCreator ? DicomVR.LO : DicomVR.UN;
        return Lookup(tag)?.VR ?? DicomVR.UN;
    }

    private static Dictionary<string, DicomUID> LoadUids()
    {
        var uids = new Dictionary<string, DicomUID>(512, StringComparer.Ordinal);
        foreach (var fields in ReadTable("uids.tsv"))
            uids[fields[0]] = new DicomUID(fields[0], fields[3], fields[2], fields[4].Length > 0);
        return uids;
    }

    private static IEnumerable<string[]> ReadTable(string name)
    {
        using var stream = typeof(DicomDictionary).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The table {name} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            yield return line.Split('\t');
    }

    private sealed class AttributeTable
    {
        private readonly Dictionary<uint, string[]> _rows = new(5400);
        private readonly List<(uint Mask, uint Value, string[] Row)> _repeaters = [];

        public Dictionary<string, DicomTag> ByKeyword { get; } = new(5400, StringComparer.OrdinalIgnoreCase);

        public HashSet<uint> Sequences { get; } = new(1200);

        public static AttributeTable Load()
        {
            var table = new AttributeTable();
            foreach (var row in ReadTable("attributes.tsv"))
                table.Add(row);
            return table;
        }

        public DicomDictionaryEntry? Lookup(DicomTag tag)
        {
            if (!_rows.TryGetValue(tag.Value, out var row))
                row = _repeaters.Find(r => (tag.Value & r.Mask) == r.Value).Row;
            if (row is null)
                return null;
            var vr = row[2] is "NONE" ? DicomVR.UN : DicomVR.Parse(row[2][..2]);
            return new DicomDictionaryEntry(tag, row[1], vr, row[3], row[4], row[5].Length > 0) { Alternatives = row[2] };
        }

        private void Add(string[] row)
        {
            if (!row[0].Contains('x', StringComparison.Ordinal))
            {
                var tag = uint.Parse(row[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                _rows[tag] = row;
                ByKeyword[row[1]] = new DicomTag(tag);
                if (row[2] == "SQ")
                    Sequences.Add(tag);
                return;
            }
            // A repeating group: each x stands for any digit; in the group number only even ones are meant (PS3.5 §7.6).
            var mask = uint.Parse(string.Concat(row[0].Select(c => c == 'x' ? '0' : 'F')), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var value = uint.Parse(row[0].Replace('x', '0'), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            _repeaters.Add((mask, value, row));
            ByKeyword.TryAdd(row[1], new DicomTag(value));
        }
    }
}
