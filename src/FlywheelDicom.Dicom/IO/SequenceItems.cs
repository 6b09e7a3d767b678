namespace FlywheelDicom.IO;

/// <summary>Reads the items of a sequence that is in memory. Each is a data set.</summary>
internal static class SequenceItems
{
    public static List<DicomDataset> Parse(byte[] content, ElementEntry sequence, DicomCharacterSet characterSet, int depth)
    {
        var items = new List<DicomDataset>();
        // PS3.5 §6.2.2: the content of UN with undefined length is Implicit VR Little Endian.
        var unknown = sequence.IsExplicit && sequence.VR == DicomVR.UN;
        var encoding = unknown ? ElementEncoding.ImplicitLittleEndian : sequence.Encoding;
        var position = 0;
        while (position + 8 <= content.Length)
        {
            var head = content.AsSpan(position);
            if (encoding.ReadTag(head) != DicomTag.Item)
                break;
            var length = encoding.ReadUInt32(head[4..]);
            position += 8;
            var rest = content.Length - position;
            var size = length == uint.MaxValue ? UndefinedItemLength(content, position, encoding) : (int)Math.Min(length, (uint)rest);
            var bytes = content.AsSpan(position, size).ToArray();
            items.Add(new DicomDataset(bytes, Entries(bytes, encoding), characterSet, depth: depth));
            position += size + (length == uint.MaxValue ? 8 : 0);
        }
        return items;
    }

    private static ElementEntry[] Entries(byte[] item, ElementEncoding encoding)
    {
        var entries = new List<ElementEntry>();
        using var reader = new DicomReader(new ForwardBuffer(new MemoryStream(item)), encoding, item.Length);
        DatasetWalk.ToEnd(reader, entries);
        return [.. entries];
    }

    private static int UndefinedItemLength(byte[] content, int position, ElementEncoding encoding)
    {
        using var stream = new MemoryStream(content, position, content.Length - position);
        using var reader = new DicomReader(new ForwardBuffer(stream), encoding, stream.Length);
        return (int)reader.LengthToItemDelimiter();
    }
}
