namespace FlywheelDicom.IO;

/// <summary>Another character set for a data set whose text stays as it is: allowed where that text is ASCII, which is the same in all sets.</summary>
internal static class CharacterSetChange
{
    /// <exception cref="ArgumentException">Text that stays would be read wrongly.</exception>
    public static void Check(DicomDataset dataset, DatasetChanges changes)
    {
        if (Find(dataset, changes) is { } tag)
        {
            throw new ArgumentException($"{new ElementName(DicomTag.SpecificCharacterSet, null)} cannot be changed: {new ElementName(tag, null)} has characters "
                + "of the present character set, which would be read wrongly. Text is not recoded; set that element too.");
        }
    }

    private static DicomTag? Find(DicomDataset dataset, DatasetChanges? changes)
    {
        foreach (var element in dataset.Elements())
        {
            if (changes?.Elements.ContainsKey(element.Id) == true)
                continue;
            if (dataset.VROf(element.Id).IsEncodedText && dataset.GetString(element.Id) is { } text && text.Any(c => c > '~'))
                return element.Id;
            if (dataset.GetValue(element.Id) is not DicomDataset[] items)
                continue;
            for (var i = 0; i < items.Length; i++)
            {
                if (!items[i].Contains(DicomTag.SpecificCharacterSet) && Find(items[i], changes?.Find(element.Id, i)) is { } inner)
                    return inner;
            }
        }
        return null;
    }
}
