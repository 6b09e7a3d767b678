namespace FlywheelDicom.IO;

/// <summary>
/// What stands around a header's elements in their file: the meta information before them, and pixel data behind them. It is read
/// only when somebody looks at it. Pixel data itself is never read.
/// </summary>
internal sealed class FileFrame(DicomSource source, DicomHeader header)
{
    /// <summary>The group of the meta information (PS3.10 §7.1).</summary>
    public const ushort MetaGroup = 0x0002;

    /// <summary>A longer meta information is not listed: a usual one has 200 bytes.</summary>
    private const int MaxMeta = 1024 * 1024;

    private DicomDataset? _meta;

    /// <summary>The meta information as it stands in the source, without edits; no elements where there is none.</summary>
    public DicomDataset Meta => _meta ??= ReadMeta();

    /// <summary>Pixel data, with its size and without its value; null where there is none.</summary>
    public DicomElement? PixelData
    {
        get
        {
            if (header.PixelDataPosition < 0)
                return null;
            using var plain = header.OpenPlain(source);
            DicomSource.StepOver(plain, header.PixelDataPosition);
            using var reader = new DicomReader(plain, header.Framing) { TakesFragments = header.Syntax.IsEncapsulated };
            if (!reader.Read())
                return null;
            var vr = reader.IsExplicit ? reader.VR : DicomDictionary.ImpliedVR(reader.Tag);
            return DicomElement.NotLoaded(reader.Tag, vr, reader.Length, reader.Length >= 0 ? reader.Length : FragmentsEnd - header.PixelDataPosition);
        }
    }

    /// <summary>Where the elements behind fragments begin, or the data set ends.</summary>
    private long FragmentsEnd => header switch
    {
        { Tail.Length: > 0 } => header.Tail[0].Position,
        { DatasetEnd: >= 0 } => header.DatasetEnd,
        _ => source.Length - header.DatasetPosition,
    };

    private DicomDataset ReadMeta()
    {
        if (header.DatasetPosition is <= 0 or > MaxMeta)
            return new DicomDataset([], []);
        var start = new byte[header.DatasetPosition];
        using (var stream = source.Open())
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        byte[] meta = HeaderScanner.FindMeta(start).Skip is >= 0 and var skip ? start[skip..] : [];
        return new DicomDataset(meta, [.. Elements(meta)]);
    }

    /// <summary>Explicit VR Little Endian, and in odd files implicit. The reader of data sets takes no element of this group.</summary>
    private static List<ElementEntry> Elements(byte[] meta)
    {
        var entries = new List<ElementEntry>();
        for (var position = 0; position + 8 <= meta.Length;)
        {
            var head = meta.AsSpan(position);
            var encoding = DicomVR.LooksLikeVR(head[4], head[5]) ? ElementEncoding.ExplicitLittleEndian : ElementEncoding.ImplicitLittleEndian;
            var vr = encoding.IsExplicit ? DicomVR.FromBytes(head[4], head[5]) : DicomVR.UN;
            var size = ElementHeader.Size(encoding, vr);
            if (size > head.Length)
                break;
            long length = encoding.IsExplicit && size < ElementHeader.MaxSize ? encoding.ReadUInt16(head[6..]) : encoding.ReadUInt32(head[(size - 4)..]);
            if (length > head.Length - size)
                break;
            entries.Add(new ElementEntry
            {
                Tag = encoding.ReadTag(head), VR = vr, Position = position, ValuePosition = position + size, Length = length, End = position + size + length,
                Encoding = encoding, IsSequence = false,
            });
            position += size + (int)length;
        }
        return entries;
    }
}
