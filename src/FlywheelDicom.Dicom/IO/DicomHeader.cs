using System.IO.Compression;

namespace FlywheelDicom.IO;

/// <summary>The result of reading a header: the encoding, where the data set is, and its elements before pixel data.</summary>
internal sealed record DicomHeader
{
    /// <summary>Bytes of the encoded header that stay in memory while it is in use.</summary>
    public const int MaxKept = 256 * 1024;

    /// <summary>A larger value is not loaded.</summary>
    public const int MaxLoadedValue = 64 * 1024 * 1024;

    /// <summary>How the data set is really encoded. The file may state something else.</summary>
    public required DicomTransferSyntax Syntax { get; init; }

    /// <summary>
    /// How its elements are written. It differs from the syntax only in faulty files: compressed ones with an implicit header.
    /// </summary>
    public required DicomTransferSyntax Framing { get; init; }

    /// <summary>Where the data set begins in the file.</summary>
    public required long DatasetPosition { get; init; }

    /// <summary>Preamble and meta information are as PS3.10 §7.1 requires, and state the right syntax.</summary>
    public required bool HasStandardMeta { get; init; }

    public required string? MetaSopClassUid { get; init; }
    public required ElementEntry[] Entries { get; init; }

    /// <summary>The elements after pixel data, if these were read.</summary>
    public ElementEntry[] Tail { get; init; } = [];

    /// <summary>Where pixel data begins; -1 if there is none.</summary>
    public long PixelDataPosition { get; init; } = -1;

    /// <summary>The data set was read to its end.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Bytes of the decompressed data set; -1 if it was not read to its end.</summary>
    public long DatasetEnd { get; init; } = -1;

    public required byte[] Bytes { get; init; }

    /// <summary>The changes that make all lengths even, in order of position.</summary>
    public Splice[] Repairs { get; init; } = [];

    /// <summary>Why the data set cannot be used; null if it can.</summary>
    public DicomProblem? Problem { get; init; }

    /// <summary>The element with this tag, before pixel data or after it.</summary>
    public ElementEntry? Find(DicomTag tag)
    {
        if (ElementEntry.IndexOf(Entries, tag) is >= 0 and var before)
            return Entries[before];
        return ElementEntry.IndexOf(Tail, tag) is >= 0 and var behind ? Tail[behind] : null;
    }

    /// <summary>Opens the data set, decompressed.</summary>
    public Stream OpenPlain(DicomSource source)
    {
        var raw = source.OpenAt(DatasetPosition);
        return Syntax.IsDeflated ? new DeflateStream(raw, CompressionMode.Decompress) : raw;
    }

    /// <summary>The elements before pixel data.</summary>
    /// <param name="source">Values that are not in memory are read from it again.</param>
    /// <param name="edits">What is changed in it.</param>
    public DicomDataset ToDataset(DicomSource source, IReadOnlyDictionary<DicomTag, DicomEdit>? edits) => ToDataset(Entries, source, edits);

    /// <summary>The same with the elements after pixel data, if these were read.</summary>
    /// <inheritdoc cref="ToDataset(DicomSource, IReadOnlyDictionary{DicomTag, DicomEdit}?)"/>
    public DicomDataset ToWholeDataset(DicomSource source, IReadOnlyDictionary<DicomTag, DicomEdit>? edits)
        => ToDataset(Tail.Length > 0 ? [.. Entries, .. Tail] : Entries, source, edits);

    private DicomDataset ToDataset(ElementEntry[] entries, DicomSource source, IReadOnlyDictionary<DicomTag, DicomEdit>? edits)
        => new(Bytes, entries, load: (position, length) => Load(source, position, length), edits: edits, frame: new FileFrame(source, this));

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
