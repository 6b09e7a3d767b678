namespace FlywheelDicom.IO;

/// <summary>Where one element of a data set stands. Positions count from the data set's first byte, inflated.</summary>
internal readonly struct ElementEntry
{
    public required DicomTag Tag { get; init; }
    public required DicomVR VR { get; init; }
    public required long Position { get; init; }
    public required long ValuePosition { get; init; }

    /// <summary>Bytes of the value, -1 where the length is undefined.</summary>
    public required long Length { get; init; }

    /// <summary>Where the element ends, its delimiter included.</summary>
    public required long End { get; init; }
    public required ElementEncoding Encoding { get; init; }
    public bool IsExplicit => Encoding.IsExplicit;
    public bool IsBigEndian => Encoding.IsBigEndian;

    /// <summary>Met as a sequence of items, whatever its VR says (undefined length, or SQ).</summary>
    public required bool IsSequence { get; init; }

    // Elements ascend by rule, but a file that breaks it must still be read: a linear look finds all.
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
