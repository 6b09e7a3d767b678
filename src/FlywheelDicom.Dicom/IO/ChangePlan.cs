namespace FlywheelDicom.IO;

/// <summary>
/// Walks a data set once and turns changes at any depth into changes of the byte stream: new elements in tag order, and the lengths
/// of the items, sequences and groups that hold what changed (PS3.5 §7.1, §7.2, §7.5). All other bytes stay.
/// </summary>
internal sealed class ChangePlan
{
    private readonly DicomReader _reader;
    private readonly ElementRemoval? _removal;
    private readonly List<Splice> _splices = [];
    private readonly Stack<OpenDataset> _datasets = new();
    private readonly Stack<OpenSequence> _sequences = new();

    /// <summary>Depth of the reader behind a sequence that goes as a whole, and where it began; -1 outside of one.</summary>
    private int _goneDepth = -1;
    private long _goneFrom;

    private ChangePlan(DicomReader reader, ElementRemoval? removal) => (_reader, _removal) = (reader, removal);

    private OpenDataset Dataset => _datasets.Peek();

    /// <param name="elements">The data set from its first byte, inflated; all lengths in it are even.</param>
    /// <param name="syntax">How it is framed.</param>
    /// <param name="changes">What changes where.</param>
    /// <param name="removal">What goes wherever it is met; null for nothing.</param>
    /// <param name="extent">How far it is walked.</param>
    public static Splice[] Of(Stream elements, DicomTransferSyntax syntax, DatasetChanges changes, ElementRemoval? removal, WalkExtent extent)
    {
        using var reader = new DicomReader(elements, syntax) { DescendsAll = true, DescendsUnknown = true };
        var plan = new ChangePlan(reader, removal);
        plan._datasets.Push(new OpenDataset(changes, syntax.Encoding));
        while (reader.Read())
        {
            if (extent == WalkExtent.ToPixelData && plan._sequences.Count == 0 && reader.Tag.IsPixelData && reader.Kind is DicomTokenKind.Element or DicomTokenKind.FragmentsStart)
                break;
            plan.Take();
        }
        plan.EndDataset(reader.Position);
        return SplicePlan.Merge(plan._splices);
    }

    private void Take()
    {
        if (_goneDepth >= 0)
        {
            if (_reader.Depth == _goneDepth)
                EndGone();
            return;
        }
        switch (_reader.Kind)
        {
            case DicomTokenKind.Element or DicomTokenKind.SequenceStart or DicomTokenKind.FragmentsStart:
                TakeElement();
                break;
            case DicomTokenKind.ItemStart:
                var sequence = _sequences.Peek();
                var changes = sequence.Changes?.Find(sequence.Tag, sequence.Count++);
                _datasets.Push(new OpenDataset(changes, _reader.Encoding) { ValuePosition = _reader.ValuePosition, Length = _reader.Length });
                break;
            case DicomTokenKind.ItemEnd:
                EndDataset(_reader.Position);
                var item = _datasets.Pop();
                Lengthen(item.ValuePosition, item.Length, item.Growth, item.Encoding);
                _sequences.Peek().Growth += item.Growth;
                break;
            case DicomTokenKind.SequenceEnd:
                var ended = _sequences.Pop();
                Lengthen(ended.ValuePosition, ended.Length, ended.Growth, ended.Encoding);
                Dataset.Grow(ended.Growth);
                break;
            default:
                break;
        }
    }

    private void TakeElement()
    {
        var tag = _reader.Tag;
        Insert(_reader.Position, tag);
        if (Dataset.Group is { } group && group.Tag.Group != tag.Group)
            EndGroup(_reader.Position);
        Dataset.RememberCreator(_reader);
        if (Dataset.Take(tag) is { } edit)
            Replace(ElementBytes.Of(Dataset.Encoding, tag, edit));
        else if (_removal?.Takes(tag, Dataset.CreatorOf) == true && IsInReach)
            Replace([]);
        else if (tag.IsGroupLength && _reader.Length == 4)
            Dataset.Group = new OpenDataset.OpenGroup(tag, _reader.ValuePosition);
        else if (_reader.Kind == DicomTokenKind.SequenceStart)
        {
            _sequences.Push(new OpenSequence(tag, Dataset.Changes)
            {
                ValuePosition = _reader.ValuePosition, Length = _reader.Length, Encoding = _reader.Encoding,
            });
        }
    }

    private bool IsInReach => _removal!.IsDeep || _sequences.Count == 0;

    /// <summary>The element at hand goes, with all that is in it, and other bytes come in its place.</summary>
    private void Replace(byte[] bytes)
    {
        if (bytes.Length > 0)
        {
            _splices.Add(new Splice(_reader.Position, 0, bytes));
            Dataset.Grow(bytes.Length);
        }
        if (_reader.Kind != DicomTokenKind.Element)
        {
            (_goneDepth, _goneFrom) = (_reader.Depth - 1, _reader.Position);
            return;
        }
        Cut(_reader.Position, _reader.ValuePosition + _reader.Length);
    }

    private void EndGone()
    {
        Cut(_goneFrom, _reader.InputPosition);
        _goneDepth = -1;
    }

    private void Cut(long from, long to)
    {
        _splices.Add(new Splice(from, to - from, []));
        Dataset.Grow(from - to);
    }

    /// <summary>New elements whose place is before a tag, or before the end.</summary>
    private void Insert(long position, DicomTag? before)
    {
        while (Dataset.NextNew(before) is { } added)
        {
            var bytes = ElementBytes.Of(Dataset.Encoding, added.Key, added.Value);
            if (bytes.Length == 0)
                continue;
            if (Dataset.Group is { } group && group.Tag.Group != added.Key.Group)
                EndGroup(position);
            _splices.Add(new Splice(position, 0, bytes));
            Dataset.Grow(bytes.Length);
        }
    }

    private void EndDataset(long position)
    {
        Insert(position, null);
        EndGroup(position);
    }

    private void EndGroup(long position)
    {
        if (Dataset.Group is { Growth: not 0 } group)
            Number(group.ValuePosition, position - group.ValuePosition - 4 + group.Growth, Dataset.Encoding);
        Dataset.Group = null;
    }

    /// <summary>The length of an item or a sequence has four bytes in all encodings, right before the value.</summary>
    private void Lengthen(long valuePosition, long length, long growth, ElementEncoding encoding)
    {
        if (length >= 0 && growth != 0)
            Number(valuePosition - 4, length + growth, encoding);
    }

    private void Number(long position, long value, ElementEncoding encoding)
    {
        if (value is < 0 or >= uint.MaxValue)
            throw new DicomFormatException("What is put in makes a sequence longer than a length can say.");
        var bytes = new byte[4];
        encoding.WriteUInt32(bytes, (uint)value);
        _splices.Add(new Splice(position, 4, bytes));
    }

    private sealed record OpenSequence(DicomTag Tag, DatasetChanges? Changes)
    {
        public required long ValuePosition { get; init; }
        public required long Length { get; init; }
        public required ElementEncoding Encoding { get; init; }
        public int Count { get; set; }
        public long Growth { get; set; }
    }
}
