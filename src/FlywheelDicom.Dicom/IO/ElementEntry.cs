namespace FlywheelDicom.IO;

/// <summary>The place of one element in a data set. Positions are counted in the decompressed data set.</summary>
internal readonly struct ElementEntry
{
    public required DicomTag Tag { get; init; }
    public required DicomVR VR { get; init; }
    public required long Position { get; init; }
    public required long ValuePosition { get; init; }

    /// <summary>Bytes of the value; -1 if the length is undefined.</summary>
    public required long Length { get; init; }

    /// <summary>The end of the element, after its delimiter.</summary>
    public required long End { get; init; }
    public required ElementEncoding Encoding { get; init; }
    public bool IsExplicit => Encoding.IsExplicit;
    public bool IsBigEndian => Encoding.IsBigEndian;

    /// <summary>It was read as a sequence of items (undefined length, or SQ), whatever its VR.</summary>
    public required bool IsSequence { get; init; }

    // Tags must ascend. Files that break this rule are read too, so each entry is compared.
    public static int IndexOf(ReadOnlySpan<ElementEntry> entries, DicomTag tag)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i].Tag == tag)
                return i;
        }
        return -1;
    }
}
