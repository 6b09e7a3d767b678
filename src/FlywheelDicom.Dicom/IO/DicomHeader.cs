using System.IO.Compression;

namespace FlywheelDicom.IO;

/// <summary>What one pass over the start of a file tells: encoding, where the data set is, and its elements before pixel data.</summary>
internal sealed record DicomHeader
{
    /// <summary>So much of the encoded header stays in memory while it is in use.</summary>
    public const int MaxKept = 256 * 1024;

    /// <summary>A larger value is not loaded for a look.</summary>
    public const int MaxLoadedValue = 64 * 1024 * 1024;

    /// <summary>How the data set is really encoded, where the file says something else.</summary>
    public required DicomTransferSyntax Syntax { get; init; }

    /// <summary>
    /// How its elements are framed. That is the syntax's own framing, but for odd files with fragments under an implicit header.
    /// </summary>
    public required DicomTransferSyntax Framing { get; init; }

    /// <summary>Where the data set begins in the file.</summary>
    public required long DatasetPosition { get; init; }

    /// <summary>Preamble and meta stand as PS3.10 §7.1 wants them and name the syntax rightly.</summary>
    public required bool HasStandardMeta { get; init; }

    public required string? MetaSopClassUid { get; init; }
    public required ElementEntry[] Entries { get; init; }

    /// <summary>What follows pixel data, where that was walked.</summary>
    public ElementEntry[] Tail { get; init; } = [];

    /// <summary>Where pixel data begins, -1 where there is none.</summary>
    public long PixelDataPosition { get; init; } = -1;

    /// <summary>Whether the data set was walked to its end.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Bytes of the data set, inflated, where walking them told; -1 otherwise.</summary>
    public long DatasetEnd { get; init; } = -1;

    public required byte[] Bytes { get; init; }

    /// <summary>What has to change so that all lengths are even, in order of position.</summary>
    public Splice[] Repairs { get; init; } = [];

    /// <summary>Null, or why the data set cannot be used.</summary>
    public DicomProblem? Problem { get; init; }

    /// <summary>The element with this tag, before pixel data or behind it.</summary>
    public ElementEntry? Find(DicomTag tag)
    {
        if (ElementEntry.IndexOf(Entries, tag) is >= 0 and var before)
            return Entries[before];
        return ElementEntry.IndexOf(Tail, tag) is >= 0 and var behind ? Tail[behind] : null;
    }

    /// <summary>Opens the data set as elements, inflated.</summary>
    public Stream OpenPlain(DicomSource source)
    {
        var raw = source.OpenAt(DatasetPosition);
        return Syntax.IsDeflated ? new DeflateStream(raw, CompressionMode.Decompress) : raw;
    }

    /// <summary>The elements before pixel data.</summary>
    /// <param name="source">Where values that are not kept are read again.</param>
    /// <param name="edits">What is changed in it.</param>
    public DicomDataset ToDataset(DicomSource source, IReadOnlyDictionary<DicomTag, DicomEdit>? edits) => ToDataset(Entries, source, edits);

    /// <summary>The same, with the elements behind pixel data where they were read.</summary>
    /// <inheritdoc cref="ToDataset(DicomSource, IReadOnlyDictionary{DicomTag, DicomEdit}?)"/>
    public DicomDataset ToWholeDataset(DicomSource source, IReadOnlyDictionary<DicomTag, DicomEdit>? edits)
        => ToDataset(Tail.Length > 0 ? [.. Entries, .. Tail] : Entries, source, edits);

    private DicomDataset ToDataset(ElementEntry[] entries, DicomSource source, IReadOnlyDictionary<DicomTag, DicomEdit>? edits)
        => new(Bytes, entries, load: (position, length) => Load(source, position, length), edits: edits);

    private byte[] Load(DicomSource source, long position, int length)
    {
        using var plain = OpenPlain(source);
        DicomSource.StepOver(plain, position);
        var value = new byte[length];
        if (plain.ReadAtLeast(value, length, throwOnEndOfStream: false) < length)
            throw new DicomFormatException("The source is shorter than when its header was read.") { IsTruncated = true };
        return value;
    }
}
