namespace FlywheelDicom.IO;

/// <summary>The private blocks of a data set (PS3.5 §7.8.1): the creator at (gggg,00bb) owns (gggg,bb00) to (gggg,bbFF).</summary>
internal static class PrivateBlocks
{
    private const int First = 0x10;
    private const int Last = 0xFF;

    /// <summary>The block of a creator, case and padding aside; null where it has none.</summary>
    public static int? Find(DicomDataset dataset, ushort group, string creator)
    {
        for (var block = First; block <= Last; block++)
        {
            var tag = new DicomTag(group, (ushort)block);
            if (dataset.Contains(tag) && string.Equals(dataset.GetShortText(tag)?.Trim(), creator, StringComparison.OrdinalIgnoreCase))
                return block;
        }
        return null;
    }

    /// <summary>The first block that nobody has reserved and that holds nothing; null where there is none.</summary>
    public static int? FindFree(DicomDataset dataset, ushort group, Predicate<DicomTag> isTaken)
    {
        var used = dataset.Tags().Where(t => t.Group == group).Select(t => t.Element < 0x100 ? t.Element : t.Element >> 8).ToHashSet();
        for (var block = First; block <= Last; block++)
        {
            if (!used.Contains(block) && !isTaken(new DicomTag(group, (ushort)block)))
                return block;
        }
        return null;
    }
}
