namespace FlywheelDicom.IO;

/// <summary>Reads the items of a sequence that is in memory as data sets of their own.</summary>
internal static class SequenceItems
{
    public static List<DicomDataset> Parse(byte[] content, ElementEntry sequence, DicomCharacterSet characterSet, int depth)
    {
        var items = new List<DicomDataset>();
        // PS3.5 §6.2.2: what stands in UN of undefined length is Implicit VR Little Endian.
        var unknown = sequence.IsExplicit && sequence.VR == DicomVR.UN;
        var isExplicit = sequence.IsExplicit && !unknown;
        var bigEndian = sequence.IsBigEndian && !unknown;
        var position = 0;
        while (position + 8 <= content.Length)
        {
            var head = content.AsSpan(position);
            if (DicomReader.TagAt(head, bigEndian) != DicomTag.Item)
                break;
            var length = bigEndian
                ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(head[4..])
                : System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            position += 8;
            var rest = content.Length - position;
            var size = length == uint.MaxValue ? UndefinedItemLength(content, position, isExplicit, bigEndian) : (int)Math.Min(length, (uint)rest);
            var bytes = content.AsSpan(position, size).ToArray();
            items.Add(new DicomDataset(bytes, Entries(bytes, isExplicit, bigEndian), characterSet, depth: depth));
            position += size + (length == uint.MaxValue ? 8 : 0);
        }
        return items;
    }

    private static ElementEntry[] Entries(byte[] item, bool isExplicit, bool bigEndian)
    {
        var entries = new List<ElementEntry>();
        using var reader = new DicomReader(new ForwardBuffer(new MemoryStream(item)), isExplicit, bigEndian, item.Length);
        DatasetWalk.ToEnd(reader, entries);
        return [.. entries];
    }

    private static int UndefinedItemLength(byte[] content, int position, bool isExplicit, bool bigEndian)
    {
        using var stream = new MemoryStream(content, position, content.Length - position);
        using var reader = new DicomReader(new ForwardBuffer(stream), isExplicit, bigEndian, stream.Length);
        return (int)reader.LengthToItemDelimiter();
    }
}
