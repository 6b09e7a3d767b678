using FlywheelDicom.IO;
using FlywheelDicom.TestSupport;
using static FlywheelDicom.TestSupport.SyntheticInstance;

namespace FlywheelDicom.Unit.IO;

/// <summary>Edits at any depth, held against a model that edits a tree of elements and encodes it anew: the bytes must be the same.</summary>
public class NestedEditTests
{
    private static readonly uint[] s_sequences = [0x00081140, 0x00400275, 0x300A00B0, 0x300A0111];
    private static readonly (uint Tag, string VR)[] s_leaves =
        [(0x0008103E, "LO"), (0x00100010, "PN"), (0x00100030, "DA"), (0x00180050, "DS"), (0x00280006, "US"), (0x0040A160, "UT"), (0x300A00C2, "LO"), (0x300A0112, "IS")];

    [Theory]
    [InlineData(Explicit)]
    [InlineData(Implicit)]
    [InlineData(BigEndian)]
    [InlineData(Deflated)]
    public void Random_edits_of_random_data_sets_give_the_bytes_that_a_model_gives(string syntax)
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            var tree = Elements(random, 0);
            var hasLengths = seed % 3 == 0;
            // One of each group that no edit takes: the generator writes no length of an empty group.
            Put(tree, SyntheticElement.Text(0x00180015, "CS", "STAYS"));
            Put(tree, SyntheticElement.Text(0x0040A040, "CS", "STAYS"));
            Put(tree, SyntheticElement.Text(0x300A0002, "SH", "STAYS"));
            var instance = new SyntheticInstance { TransferSyntax = syntax, HasGroupLengths = hasLengths, Extra = tree };
            var file = MemorySource.Read(instance.ToArray(), canSeek: seed % 2 == 0)!;
            Assert.Null(file.Problem);
            var done = new List<string>();
            for (var i = 0; i < 1 + seed % 4; i++)
                done.Add(Change(random, file, tree, hasLengths ? 2 : 0));
            var expected = (instance with { Extra = tree }).Dataset();
            var edited = MemorySource.Read(file.OpenRead().ReadAll())!;
            Assert.True(edited.Problem is null, $"seed {seed}: {edited.Problem} after {string.Join("; ", done)}");
            var found = syntax == Deflated ? Inflated(edited) : edited.OpenDataset().ReadAll();
            Assert.True(expected.AsSpan().SequenceEqual(found), $"seed {seed}, {syntax}, {string.Join("; ", done)}");
            if (syntax != Deflated)
                Assert.Equal(expected.Length, file.DatasetLength);
        }
    }

    private static byte[] Inflated(DicomFile file)
    {
        using var raw = file.OpenDataset();
        using var plain = new System.IO.Compression.DeflateStream(raw, System.IO.Compression.CompressionMode.Decompress);
        return plain.ReadAll();
    }

    /// <summary>One change, of the file by the engine and of the tree by hand.</summary>
    private static string Change(Random random, DicomFile file, List<SyntheticElement> tree, int withoutKind)
    {
        switch (random.Next(5) is var kind && kind == withoutKind && kind > 0 ? 1 : kind)
        {
            case 0:
                var tags = s_leaves.Select(l => l.Tag).Where(_ => random.Next(3) == 0).ToHashSet();
                file.Remove(new ElementRemoval([.. tags.Select(t => ElementPath.Parse(new DicomTag(t).ToString()))], [], RemovalScope.AllLevels));
                Prune(tree, e => tags.Contains(e.Tag), everywhere: true);
                // The generator writes a name of its own, where none is given.
                if (tags.Contains(0x00100010))
                {
                    file.SetValue("PatientName", "BACK");
                    Put(tree, SyntheticElement.Text(0x00100010, "PN", "BACK"));
                }
                return $"removed {tags.Count} everywhere";
            case 1:
                file.Remove(new ElementRemoval([], [], RemovalScope.Private | RemovalScope.AllLevels));
                Prune(tree, e => (e.Tag >> 16) % 2 == 1, everywhere: true);
                return "no private ones";
            case 2:
                var group = random.Next(2) == 0 ? 0x300A : 0x0018;
                var deep = random.Next(2) == 0;
                file.Remove(new ElementRemoval([], [group], deep ? RemovalScope.AllLevels : RemovalScope.Named));
                Prune(tree, e => e.Tag >> 16 == group, deep);
                return $"no group {group:X4}, deep: {deep}";
            default:
                return SetAt(random, file, tree);
        }
    }

    private static string SetAt(Random random, DicomFile file, List<SyntheticElement> tree)
    {
        var (path, isRemoval) = ("", random.Next(4) == 0);
        IList<SyntheticElement> at = tree;
        var steps = new List<(SyntheticElement Sequence, int Index)>();
        while (random.Next(4) > 0 && at.Where(e => e.Value is SyntheticElement[][] { Length: > 0 } && (e.Tag >> 16) % 2 == 0).ToList() is { Count: > 0 } sequences)
        {
            var sequence = sequences[random.Next(sequences.Count)];
            var items = (SyntheticElement[][])sequence.Value;
            var index = random.Next(items.Length);
            path += $"{DicomDictionary.Lookup(new DicomTag(sequence.Tag))!.Keyword}[{index}].";
            steps.Add((sequence, index));
            at = items[index];
        }
        var (tag, vr) = s_leaves[random.Next(s_leaves.Length)];
        if (steps.Count == 0 && tag is 0x00280006 or 0x00100010)
            isRemoval = false;
        path += new DicomTag(tag).ToString();
        SyntheticElement? element = isRemoval ? null : Leaf(random, tag, vr);
        if (element is null)
            file.Remove(path);
        else
            file.SetValue(path, element.Value is byte[] number ? BitConverter.ToUInt16(number) : element.Value);
        PutAt(tree, steps, 0, tag, element);
        return $"{path} = {(element is null ? "gone" : "set")}";
    }

    /// <summary>Arrays of items are of fixed length: those on the way are made anew.</summary>
    private static void PutAt(List<SyntheticElement> elements, List<(SyntheticElement Sequence, int Index)> steps, int depth, uint tag, SyntheticElement? element)
    {
        if (depth == steps.Count)
        {
            elements.RemoveAll(e => e.Tag == tag);
            if (element is not null)
                Put(elements, element);
            return;
        }
        var sequence = elements.Find(e => e.Tag == steps[depth].Sequence.Tag)!;
        var items = (SyntheticElement[][])sequence.Value;
        var item = items[steps[depth].Index].ToList();
        PutAt(item, steps, depth + 1, tag, element);
        var changed = items.ToArray();
        changed[steps[depth].Index] = [.. item];
        elements[elements.IndexOf(sequence)] = sequence with { Value = changed };
    }

    private static void Put(List<SyntheticElement> elements, SyntheticElement element)
    {
        elements.RemoveAll(e => e.Tag == element.Tag);
        elements.Add(element);
        elements.Sort((a, b) => a.Tag.CompareTo(b.Tag));
    }

    private static void Prune(List<SyntheticElement> elements, Predicate<SyntheticElement> goes, bool everywhere)
    {
        elements.RemoveAll(goes);
        for (var i = 0; everywhere && i < elements.Count; i++)
        {
            if (elements[i].Value is not SyntheticElement[][] items)
                continue;
            elements[i] = elements[i] with
            {
                Value = items.Select(item =>
                {
                    var kept = item.ToList();
                    Prune(kept, goes, everywhere);
                    return kept.ToArray();
                }).ToArray(),
            };
        }
    }

    private static List<SyntheticElement> Elements(Random random, int depth)
    {
        var elements = new List<SyntheticElement>();
        foreach (var (tag, vr) in s_leaves)
        {
            if (random.Next(2) == 0 || (depth == 0 && tag is 0x00100010 or 0x00280006))
                elements.Add(Leaf(random, tag, vr));
        }
        if (random.Next(2) == 0)
        {
            elements.Add(SyntheticElement.Text(0x00190010, "LO", "ACME"));
            elements.Add(SyntheticElement.Bytes(0x00191001, "UN", [1, 2, 3, 4]));
        }
        foreach (var tag in s_sequences)
        {
            if (depth < 3 && random.Next(2) == 0)
                elements.Add(SyntheticElement.Sequence(tag, random.Next(2) == 0, [.. Enumerable.Range(0, random.Next(4)).Select(_ => Elements(random, depth + 1).ToArray())]));
        }
        elements.Sort((a, b) => a.Tag.CompareTo(b.Tag));
        return elements;
    }

    private static SyntheticElement Leaf(Random random, uint tag, string vr) => vr switch
    {
        "US" => SyntheticElement.UInt16(tag, (ushort)random.Next(65536)),
        "DA" => SyntheticElement.Text(tag, vr, $"2024{random.Next(10, 13)}{random.Next(10, 29)}"),
        "DS" or "IS" => SyntheticElement.Text(tag, vr, random.Next(1, 1000).ToString(System.Globalization.CultureInfo.InvariantCulture)),
        _ => SyntheticElement.Text(tag, vr, new string((char)('A' + random.Next(26)), random.Next(1, 20))),
    };
}
