namespace FlywheelDicom.IO;

/// <summary>Lists the elements of a data set. Those inside sequences are read, but not listed.</summary>
internal static class DatasetWalk
{
    /// <summary>No real header has as many elements. The limit keeps memory small whatever the bytes are.</summary>
    private const int MaxElements = 200_000;

    /// <summary>To the end of the data set.</summary>
    /// <param name="reader">Before an element.</param>
    /// <param name="entries">Gets one entry for each element that was read.</param>
    public static void ToEnd(DicomReader reader, List<ElementEntry> entries) => Run(reader, entries, static _ => false);

    /// <summary>To pixel data: true if the reader has reached it, false at the end of the data set.</summary>
    /// <inheritdoc cref="ToEnd"/>
    public static bool ToPixelData(DicomReader reader, List<ElementEntry> entries) => Run(reader, entries, static tag => tag.IsPixelData);

    private static bool Run(DicomReader reader, List<ElementEntry> entries, Func<DicomTag, bool> isEnd)
    {
        ElementEntry? open = null;
        while (reader.Read())
        {
            if (open is { } sequence)
            {
                if (reader.Depth == 0)
                {
                    entries.Add(sequence with { End = reader.InputPosition });
                    open = null;
                }
                continue;
            }
            var entry = new ElementEntry
            {
                Tag = reader.Tag, VR = reader.VR, Position = reader.Position, ValuePosition = reader.ValuePosition, Length = reader.Length,
                End = reader.ValuePosition + Math.Max(0, reader.Length), Encoding = reader.Encoding,
                IsSequence = reader.Kind == DicomTokenKind.SequenceStart,
            };
            if (isEnd(reader.Tag))
                return true;
            if (entries.Count >= MaxElements)
                throw new DicomFormatException($"More than {MaxElements} elements stand before pixel data.");
            if (reader.Depth > 0)
                open = entry;
            else
                entries.Add(entry);
        }
        return false;
    }
}
