using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace FlywheelDicom.IO;

/// <summary>
/// Finds out whether bytes are DICOM, and reads the header (PS3.10 §7). Faulty files are read too: without preamble or meta information,
/// with a wrong group length, with meta information in implicit VR, or with another syntax than they state.
/// </summary>
internal static class HeaderScanner
{
    private const int MetaLimit = 64 * 1024;
    private static ReadOnlySpan<byte> Magic => "DICM"u8;

    /// <summary>The header; null if this is not DICOM.</summary>
    public static DicomHeader? Scan(DicomSource source) => Scan(source, ScanExtent.Header);

    /// <summary>The same, but the data set is always read to its end.</summary>
    public static DicomHeader? ScanWhole(DicomSource source) => Scan(source, ScanExtent.Whole);

    private static DicomHeader? Scan(DicomSource source, ScanExtent extent)
    {
        using var stream = source.Open();
        return Scan(source, stream, extent);
    }

    /// <summary>The same with an open stream of the source, at its first byte. The caller closes it.</summary>
    public static DicomHeader? Scan(DicomSource source, Stream stream) => Scan(source, stream, ScanExtent.Header);

    private static DicomHeader? Scan(DicomSource source, Stream stream, ScanExtent extent)
    {
        using var input = new ForwardBuffer(stream);
        var (marker, isStandard) = FindMeta(input.Peek(140));
        if (marker < 0)
            return ScanBare(source, stream, input, extent);
        input.Skip(marker);
        var meta = ReadMeta(input);
        var position = input.Position;
        if (meta.Problem is { } broken)
            return Broken(broken, position);
        var (syntax, framing, agrees) = EffectiveSyntax(meta.Syntax, input.Peek(12));
        var header = ScanDataset(source, stream, input, position, syntax, framing, extent);
        return header with { HasStandardMeta = isStandard && agrees && meta.IsStandard, MetaSopClassUid = meta.SopClass };
    }

    /// <summary>Whether these first bytes may be those of a DICOM file.</summary>
    public static bool MayBeDicom(ReadOnlySpan<byte> head)
        => FindMeta(head).Skip >= 0 || Guess(head) is { } syntax && syntax.Encoding.ReadTag(head).Group is 0x0002 or 0x0008;

    private static DicomHeader Broken(DicomProblem problem, long position) => new()
    {
        Syntax = DicomTransferSyntax.ExplicitVRLittleEndian, Framing = DicomTransferSyntax.ExplicitVRLittleEndian, DatasetPosition = position, HasStandardMeta = false,
        MetaSopClassUid = null, Entries = [], Bytes = [], Problem = problem,
    };

    /// <summary>The number of bytes before the meta elements; -1 if there are none.</summary>
    internal static (int Skip, bool IsStandard) FindMeta(ReadOnlySpan<byte> head)
    {
        if (head.Length >= 132 && head.Slice(128, 4).SequenceEqual(Magic))
            return (132, true);
        if (head.Length >= 8 && head[..4].SequenceEqual(Magic))
            return (4, false);
        if (IsBareMeta(head))
            return (0, false);
        // A preamble without DICM.
        return (head.Length >= 136 && IsBareMeta(head[128..]) ? 128 : -1, false);
    }

    private static bool IsBareMeta(ReadOnlySpan<byte> head) => head.Length >= 8 && head[0] == 2 && head[1] == 0 && head[3] == 0
        && (DicomVR.LooksLikeVR(head[4], head[5]) || (head[2] == 0 && BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) == 4));

    /// <summary>Group 0002, always Explicit VR Little Endian. Its length is wrong in some files, so it is not relied on.</summary>
    private static Meta ReadMeta(ForwardBuffer input)
    {
        var meta = new Meta { IsStandard = true };
        var statedEnd = -1L;
        var last = -1;
        while (true)
        {
            var head = input.Peek(12);
            if (head.Length < 8 || head[0] != 2 || head[1] != 0)
                return meta;
            if (input.Position == statedEnd && DicomTransferSyntax.Lookup(meta.Syntax ?? "").IsDeflated)
                return meta;
            var tag = ElementEncoding.ExplicitLittleEndian.ReadTag(head);
            // In some files, elements of the group follow after its stated length. A second group is not accepted.
            if ((tag.Element == 0 && last >= 0) || (tag.Element == 0x0010 && meta.Syntax is not null) || (statedEnd >= 0 && input.Position >= statedEnd && tag.Element <= last))
                return meta with { Problem = new(DicomProblem.Malformed, $"The data set begins with a second group 0002: {tag} stands where the meta information has ended.") };
            last = tag.Element;
            var isExplicit = DicomVR.LooksLikeVR(head[4], head[5]);
            var isLong = isExplicit && DicomVR.FromBytes(head[4], head[5]).IsLongForm;
            if (isLong && head.Length < 12)
                return meta with { Problem = new(DicomProblem.Truncated, "The file ends inside its meta information.") };
            long length = !isExplicit ? BinaryPrimitives.ReadUInt32LittleEndian(head[4..])
                : isLong ? BinaryPrimitives.ReadUInt32LittleEndian(head[8..]) : BinaryPrimitives.ReadUInt16LittleEndian(head[6..]);
            meta.IsStandard &= isExplicit;
            input.Skip(isLong ? 12 : 8);
            if (length > MetaLimit || tag.Element is not (0x0000 or 0x0002 or 0x0010))
            {
                if (!input.Skip(length))
                    return meta with { Problem = new(DicomProblem.Truncated, $"The file ends inside its meta information: {tag} promises {length} bytes.") };
                continue;
            }
            var value = new byte[length];
            var read = 0;
            while (read < value.Length && input.Read(value.AsSpan(read)) is > 0 and var more)
                read += more;
            if (read < value.Length)
                return meta with { Problem = new(DicomProblem.Truncated, $"The file ends inside its meta information: {tag} promises {length} bytes.") };
            switch (tag.Element)
            {
                case 0x0000 when length == 4:
                    statedEnd = input.Position + BinaryPrimitives.ReadUInt32LittleEndian(value);
                    break;
                case 0x0002:
                    meta.SopClass = Uid(value);
                    break;
                case 0x0010:
                    meta.Syntax = Uid(value);
                    break;
            }
        }
    }

    private static string Uid(byte[] value) => Encoding.ASCII.GetString(value).Trim('\0', ' ');

    /// <summary>The syntax. Where the meta information states an uncompressed one, the bytes of the first element decide.</summary>
    private static (DicomTransferSyntax Syntax, DicomTransferSyntax Framing, bool Agrees) EffectiveSyntax(string? stated, ReadOnlySpan<byte> head)
    {
        var guess = Guess(head);
        var likely = guess ?? DicomTransferSyntax.ImplicitVRLittleEndian;
        if (string.IsNullOrEmpty(stated))
            return (likely, likely, false);
        var syntax = DicomTransferSyntax.Lookup(stated);
        // Some toolkits wrote compressed files with an implicit header. The fragments are as the meta information states.
        if (syntax.IsEncapsulated && !syntax.IsDeflated && guess is { IsExplicit: false })
            return (syntax, guess, true);
        // Compressed bytes may look like anything. Only a data set that begins with group 0008, as nearly all do, is taken for an uncompressed one.
        if (syntax.IsDeflated && guess is not null && guess.Encoding.ReadTag(head).Group != 0x0008)
            return (syntax, syntax, true);
        if (guess is null || !syntax.IsUncompressed || (syntax.IsExplicit == guess.IsExplicit && syntax.IsBigEndian == guess.IsBigEndian && !syntax.IsDeflated))
            return (syntax, syntax, true);
        return (guess, guess, false);
    }

    /// <summary>The uncompressed syntax that the first element is written in; null if it looks like none.</summary>
    private static DicomTransferSyntax? Guess(ReadOnlySpan<byte> head)
    {
        if (head.Length < 8)
            return null;
        var little = ElementEncoding.ExplicitLittleEndian.ReadTag(head);
        var big = ElementEncoding.ExplicitBigEndian.ReadTag(head);
        var bigEndian = little.Group > big.Group;
        var tag = bigEndian ? big : little;
        if (tag.Group is 0 or > 0x7FE0 || (tag.IsPrivate && tag.Group < 9))
            return null;
        if (DicomVR.LooksLikeVR(head[4], head[5]) && DicomVR.FromBytes(head[4], head[5]).IsKnown)
            return bigEndian ? DicomTransferSyntax.ExplicitVRBigEndian : DicomTransferSyntax.ExplicitVRLittleEndian;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        return !bigEndian && tag.Group <= 0x0020 && length < 0x10000 ? DicomTransferSyntax.ImplicitVRLittleEndian : null;
    }

    /// <summary>Without meta information: it is DICOM if the elements make sense, and one of them is a UID that every instance has.</summary>
    private static DicomHeader? ScanBare(DicomSource source, Stream stream, ForwardBuffer input, ScanExtent extent)
    {
        var head = input.Peek(12);
        if (Guess(head) is not { } syntax)
            return null;
        var first = syntax.Encoding.ReadTag(head);
        if (first.Group is not (0x0002 or 0x0008))
            return null;
        var header = ScanDataset(source, stream, input, 0, syntax, syntax, extent);
        var ascends = header.Entries.Length >= 2 && header.Entries[0].Tag < header.Entries[1].Tag;
        var isInstance = header.Entries.Any(e => e.Tag == DicomTag.SOPClassUID || e.Tag == DicomTag.SOPInstanceUID || e.Tag == DicomTag.StudyInstanceUID);
        return ascends && isInstance ? header : null;
    }

    private static DicomHeader ScanDataset(
        DicomSource source, Stream stream, ForwardBuffer input, long position, DicomTransferSyntax syntax, DicomTransferSyntax framing, ScanExtent extent)
    {
        var length = source.Length - position;
        if (!syntax.IsDeflated)
        {
            input.Rebase(DicomHeader.MaxKept);
            return Walk(input, position, syntax, framing, length, stream.CanSeek ? ScanExtent.Whole : extent, () => source.OpenAt(position));
        }
        using var raw = source.OpenAt(position);
        using var plain = new DeflateStream(raw, CompressionMode.Decompress);
        using var inflated = new ForwardBuffer(plain);
        inflated.Rebase(DicomHeader.MaxKept);
        // Its length is not known before its end. So it is decompressed as a whole, to find out whether it is cut off.
        return Walk(inflated, position, syntax, framing, long.MaxValue, ScanExtent.Whole, () => new DeflateStream(source.OpenAt(position), CompressionMode.Decompress));
    }

    private static DicomHeader Walk(
        ForwardBuffer input, long position, DicomTransferSyntax syntax, DicomTransferSyntax framing, long length, ScanExtent extent, Func<Stream> again)
    {
        List<ElementEntry> entries = new(32), tail = [];
        DicomProblem? problem = null;
        var pixels = -1L;
        var end = -1L;
        var whole = extent == ScanExtent.Whole;
        // The caller disposes the buffer, so the reader is not disposed.
        var reader = new DicomReader(input, framing.Encoding, length) { DescendsAll = true, TakesFragments = syntax.IsEncapsulated };
        Splice[] repairs = [];
        try
        {
            var atPixels = DatasetWalk.ToPixelData(reader, entries);
            input.EndKeeping();
            if (atPixels)
            {
                pixels = reader.Position;
                if (syntax.NeedsFragments && reader is { Kind: DicomTokenKind.Element, Length: > 0 })
                    throw new DicomFormatException($"{reader.Tag} PixelData is not compressed, but the file states {syntax.Name}.");
                // If something follows uncompressed pixel data, it is read too.
                whole |= reader.Kind == DicomTokenKind.FragmentsStart || reader.ValuePosition + reader.Length != length;
                if (whole)
                    WalkTail(reader, tail);
            }
            else
                whole = true;
            if (whole)
                end = reader.Position;
            if (entries.Count == 0)
                problem = new(DicomProblem.Malformed, "The file has no data set.");
            else if (reader.HasOddLengths || reader.HasBareElements)
                repairs = EvenLengths.Plan(again, framing, length);
        }
        catch (DicomFormatException e) when (e is not DicomSourceChangedException)
        {
            entries.RemoveAll(entry => entry.End > input.Position);
            problem = entries.Count == 0 && !syntax.IsDeflated && LooksDeflated(again)
                ? new(DicomProblem.Malformed, "The data set looks deflated, but the meta information does not state the transfer syntax for that.")
                : new(e.IsTruncated ? DicomProblem.Truncated : DicomProblem.Malformed, e.Message);
        }
        catch (InvalidDataException e)
        {
            entries.RemoveAll(entry => entry.End > input.Position);
            problem = new(DicomProblem.Malformed, $"The compressed bytes are damaged: {e.Message}");
        }
        return new DicomHeader
        {
            Syntax = syntax, Framing = framing, DatasetPosition = position, HasStandardMeta = false, MetaSopClassUid = null, Entries = [.. entries], Tail = [.. tail],
            PixelDataPosition = pixels, IsWhole = whole, DatasetEnd = end, Bytes = input.Kept, Problem = problem, Repairs = repairs,
        };
    }

    /// <summary>Whether bytes that make no sense as elements make sense when they are inflated.</summary>
    private static bool LooksDeflated(Func<Stream> open)
    {
        Span<byte> head = stackalloc byte[12];
        using var inflated = new DeflateStream(open(), CompressionMode.Decompress);
        try
        {
            return inflated.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length
                && Guess(head) is { } syntax && syntax.Encoding.ReadTag(head).Group == 0x0008;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static void WalkTail(DicomReader reader, List<ElementEntry> tail)
    {
        while (reader.Kind is DicomTokenKind.FragmentsStart or DicomTokenKind.Fragment && reader.Read())
        {
            // To the end of the fragments.
        }
        DatasetWalk.ToEnd(reader, tail);
    }

    private sealed record Meta
    {
        public string? SopClass { get; set; }
        public string? Syntax { get; set; }
        public bool IsStandard { get; set; }
        public DicomProblem? Problem { get; init; }
    }
}
