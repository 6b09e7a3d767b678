namespace FlywheelDicom.IO;

/// <summary>The changes that wait to be applied to one instance, and what they do to its bytes. It never changes; an edit makes another.</summary>
internal sealed class InstanceEdits
{
    private readonly Dictionary<DicomTag, DicomEdit> _edits;

    private InstanceEdits(Dictionary<DicomTag, DicomEdit> edits, Splice[] plan) => (_edits, Plan) = (edits, plan);

    public static InstanceEdits None { get; } = new([], []);

    /// <summary>By tag.</summary>
    public IReadOnlyDictionary<DicomTag, DicomEdit> ByTag => _edits;

    /// <summary>Edits and repairs as changes of the byte stream.</summary>
    public Splice[] Plan { get; }

    /// <summary>The UIDs of the meta information are among them.</summary>
    public bool ChangeIdentity => _edits.ContainsKey(DicomTag.SOPClassUID) || _edits.ContainsKey(DicomTag.SOPInstanceUID);

    /// <summary>No edit, but the repairs that the header needs.</summary>
    public static InstanceEdits Of(DicomHeader header) => header.Repairs.Length == 0 ? None : new([], header.Repairs);

    /// <inheritdoc cref="Check(DicomTag)"/>
    public static void Check(ElementName name)
    {
        // With a creator the tag is none yet.
        if (name.Creator is null)
            Check(name.Tag);
    }

    /// <exception cref="ArgumentException">It is not one that can be edited; the message says why.</exception>
    public static void Check(DicomTag tag)
    {
        var why = tag.Group switch
        {
            0x0000 or 0xFFFE => "it is not an element of a data set",
            0x0002 => "the meta information (group 0002) is written anew where it has to be",
            _ when tag.IsPixelData => "pixel data goes out as it is",
            _ when tag.IsGroupLength => "lengths of groups are kept right by themselves",
            _ => null,
        };
        if (why is not null)
            throw new ArgumentException($"{DicomDictionary.Lookup(tag)?.Keyword} {tag} cannot be edited: {why}.".TrimStart());
    }

    /// <summary>These edits and some more; a later one of the same element counts.</summary>
    /// <param name="changes">The further ones.</param>
    /// <param name="header">Gives the header; walked to its end where asked with true, as edits behind pixel data need it.</param>
    public InstanceEdits With((DicomTag Tag, DicomEdit Edit)[] changes, Func<DicomHeader> header, Func<DicomHeader> wholeHeader)
    {
        var edits = new Dictionary<DicomTag, DicomEdit>(_edits);
        foreach (var (tag, edit) in changes)
            edits[tag] = edit;
        return new InstanceEdits(edits, SplicePlan.Of(edits.Keys.Any(t => t > DicomTag.PixelData) ? wholeHeader() : header(), edits));
    }
}
