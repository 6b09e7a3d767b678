using System.Globalization;

namespace FlywheelDicom.IO;

/// <summary>Finds what paths mean in one data set, and encodes values as it wants them: by its VRs and its character set.</summary>
internal static class ChangeResolver
{
    /// <exception cref="ArgumentException">A path leads nowhere, or a value does not fit. The message names the element, never a value.</exception>
    public static DatasetChanges Set(DicomDataset dataset, IEnumerable<ValueChange> values)
    {
        var changes = new DatasetChanges();
        // The character set comes first, as the others are written in it; what names one item comes after what names all.
        foreach (var value in values.OrderBy(v => v.Path.Target.Tag == DicomTag.SpecificCharacterSet ? 0 : 1).ThenByDescending(v => v.Path.Wildcards))
            Descend(dataset, changes, changes.CharacterSet ?? dataset.CharacterSet, value, 0);
        if (changes.CharacterSet is not null)
            CharacterSetChange.Check(dataset, changes);
        return changes;
    }

    /// <summary>What is not there needs no removal.</summary>
    public static DatasetChanges Remove(DicomDataset dataset, IEnumerable<ElementPath> paths)
    {
        var changes = new DatasetChanges();
        foreach (var path in paths)
            Descend(dataset, changes, path, 0);
        return changes;
    }

    /// <summary>The tag that a name has here; null where there is no block of its creator.</summary>
    public static DicomTag? TagOf(DicomDataset dataset, ElementName name)
    {
        if (name.Creator is null)
            return name.Tag;
        return PrivateBlocks.Find(dataset, name.Tag.Group, name.Creator) is { } block ? new DicomTag(name.Tag.Group, (ushort)(block << 8 | name.Tag.Element)) : null;
    }

    private static void Descend(DicomDataset dataset, DatasetChanges changes, ElementPath path, int depth)
    {
        if (depth == path.Steps.Length)
        {
            if (TagOf(dataset, path.Target) is { } target && dataset.Contains(target))
                changes.Elements[target] = DicomEdit.Removal;
            return;
        }
        var step = path.Steps[depth];
        if (TagOf(dataset, step.Name) is not { } tag || dataset.GetValue(tag) is not DicomDataset[] items)
            return;
        for (var i = 0; i < items.Length; i++)
        {
            if (step.Index == PathStep.AllItems || step.Index == i)
                Descend(items[i], changes.At(tag, i), path, depth + 1);
        }
    }

    private static void Descend(DicomDataset dataset, DatasetChanges changes, DicomCharacterSet set, ValueChange value, int depth)
    {
        if (depth == value.Path.Steps.Length)
        {
            Set(dataset, changes, set, value);
            return;
        }
        var step = value.Path.Steps[depth];
        var items = Items(dataset, step.Name, value.Path, out var tag);
        if (step.Index >= items.Length)
        {
            var there = items.Length switch { 0 => "no item", 1 => "one item, [0]", var n => string.Create(CultureInfo.InvariantCulture, $"{n} items, [0] to [{n - 1}]") };
            throw new ArgumentException($"{value.Path}: {step} is not there; the sequence has {there}.");
        }
        for (var i = 0; i < items.Length; i++)
        {
            if (step.Index != PathStep.AllItems && step.Index != i)
                continue;
            var inner = changes.At(tag, i);
            Descend(items[i], inner, inner.CharacterSet ?? (items[i].Contains(DicomTag.SpecificCharacterSet) ? items[i].CharacterSet : set), value, depth + 1);
        }
    }

    private static DicomDataset[] Items(DicomDataset dataset, ElementName name, ElementPath path, out DicomTag tag)
    {
        tag = TagOf(dataset, name) ?? default;
        if (tag == default || !dataset.Contains(tag))
            return [];
        return dataset.GetValue(tag) switch
        {
            DicomDataset[] items => items,
            null => [],
            _ => throw new ArgumentException($"{path}: {name} is not encoded as a sequence here, so that nothing in it can be set."),
        };
    }

    private static void Set(DicomDataset dataset, DatasetChanges changes, DicomCharacterSet set, ValueChange change)
    {
        var (name, value) = (change.Path.Target, change.In(dataset));
        var tag = TagOf(dataset, name) ?? NewPrivate(dataset, changes, name);
        var vr = dataset.VROf(tag);
        if (vr == DicomVR.SQ || dataset.IsSequence(tag))
        {
            if (value is not null)
                throw new ArgumentException($"{name} is a sequence: it has no value to set, but can be emptied with null or removed. Set the elements of its items.");
            changes.Elements[tag] = DicomEdit.Set(DicomVR.SQ, []);
            return;
        }
        if (vr == DicomVR.UN && value is not byte[])
            vr = DicomVR.LO;
        var bytes = DicomValueEncoding.Encode(value, tag, vr, set);
        changes.Elements[tag] = DicomEdit.Set(vr, bytes);
        if (tag == DicomTag.SpecificCharacterSet)
            changes.CharacterSet = DicomCharacterSet.Parse(DicomValue.Text(bytes, DicomVR.CS, DicomCharacterSet.Default));
    }

    /// <summary>A block for a creator that has none yet.</summary>
    private static DicomTag NewPrivate(DicomDataset dataset, DatasetChanges changes, ElementName name)
    {
        var block = PrivateBlocks.FindFree(dataset, name.Tag.Group, t => changes.Elements.ContainsKey(t))
            ?? throw new ArgumentException($"{name}: group {name.Tag.Group:X4} has no free private block.");
        var creator = new DicomTag(name.Tag.Group, (ushort)block);
        // Others of the same creator may have reserved one just now.
        var bytes = DicomValueEncoding.Encode(name.Creator, creator, DicomVR.LO, DicomCharacterSet.Default);
        var reserved = changes.Elements.FirstOrDefault(e => e.Key.Group == creator.Group && e.Key.IsPrivateCreator && e.Value.Value.AsSpan().SequenceEqual(bytes)).Key;
        if (reserved != default)
            creator = reserved;
        else
            changes.Elements[creator] = DicomEdit.Set(DicomVR.LO, bytes);
        return new DicomTag(creator.Group, (ushort)(creator.Element << 8 | name.Tag.Element));
    }
}
