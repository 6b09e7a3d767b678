namespace FlywheelDicom.Transfer.Saving;

/// <summary>Where instances go below a folder: names parted by slashes, with keywords or tags in braces for their values.</summary>
internal sealed class FileLayout
{
    /// <summary>Folders by patient, study and series.</summary>
    public const string Default = "{PatientId}/{StudyInstanceUid}/{SeriesInstanceUid}/{SopInstanceUid}.dcm";

    private readonly List<List<Piece>> _parts = [[]];

    /// <exception cref="FormatException">It is no layout; the message says why.</exception>
    public FileLayout(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Path.IsPathRooted(text) || text is ['/' or '\\', ..] or [_, ':', ..])
            throw new FormatException("A layout is a path below -OutputDirectory: it does not begin with a slash or a drive.");
        for (var at = 0; at < text.Length;)
            at = text[at] is '{' ? TakeValue(text, at) : TakeText(text, at);
        foreach (var part in _parts)
        {
            if (part.Count == 0)
                throw new FormatException("A layout has a name before, between and behind its slashes, as in {PatientId}/{SopInstanceUid}.dcm.");
            if (part.TrueForAll(p => p.Tag is null) && string.Concat(part.Select(p => p.Text)).Trim(' ', '.').Length == 0)
                throw new FormatException("A layout has no part of dots or blanks alone: it leads to no other folder.");
        }
    }

    /// <summary>The path of an instance below the folder, in the system's own slashes. It never leads out of it.</summary>
    /// <exception cref="IOException">The header cannot be read any more.</exception>
    public string PathOf(DicomFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var dataset = file.Dataset;
        return Path.Combine([.. _parts.Select(part => SafeName.OfPart(string.Concat(part.Select(p => p.Tag is { } tag ? SafeName.OfValue(ValueOf(file, dataset, tag)) : p.Text))))]);
    }

    private static string? ValueOf(DicomFile file, DicomDataset dataset, DicomTag tag)
        => tag == DicomTag.TransferSyntaxUID ? file.TransferSyntaxUid : dataset.GetString(tag);

    private int TakeValue(string text, int at)
    {
        var end = text.IndexOf('}', at);
        if (end < 0)
            throw new FormatException("A brace is opened and not closed in the layout.");
        var tag = DicomTag.Parse(text[(at + 1)..end]);
        var vr = DicomDictionary.ImpliedVR(tag);
        if ((tag.Group == 0x0002 && tag != DicomTag.TransferSyntaxUID) || vr.Code is "SQ" or "OB" or "OW" or "OD" or "OF" or "OL" or "OV" || tag.IsPixelData)
            throw new FormatException($"{{{text[(at + 1)..end]}}} has no text that could be part of a name.");
        _parts[^1].Add(new Piece("", tag));
        return end + 1;
    }

    private int TakeText(string text, int at)
    {
        if (text[at] is '/' or '\\')
        {
            _parts.Add([]);
            return at + 1;
        }
        if (text[at] is '}' || SafeName.IsRefused(text[at]))
            throw new FormatException($"The layout has a character at position {at + 1} that not every system takes in a name.");
        var end = at + 1;
        while (end < text.Length && text[end] is not ('{' or '}' or '/' or '\\') && !SafeName.IsRefused(text[end]))
            end++;
        _parts[^1].Add(new Piece(text[at..end], null));
        return end;
    }

    private readonly record struct Piece(string Text, DicomTag? Tag);
}
