using System.Buffers.Binary;

namespace FlywheelDicom.IO;

/// <summary>
/// Reads a data set a second time and plans how values of odd length become even (PS3.5 §7.1.1, §6.2). Each gets a byte of padding and a
/// new length. The lengths of the items, sequences and groups around it change too, and so do the offset tables of fragments. Elements
/// without VR in an explicit data set get one: UN, whose content is implicit (PS3.5 §6.2.2).
/// </summary>
internal sealed class EvenLengths
{
    private const int MaxOffsetTable = 64 * 1024 * 1024;
    private static readonly DicomTag s_extendedOffsetTable = new(0x7FE0, 0x0001);

    private readonly DicomReader _reader;
    private readonly List<Splice> _splices = [];
    private readonly Stack<Holder> _holders = new();
    private readonly List<long> _paddedEnds = [];
    private OffsetTable? _basic;
    private OffsetTable? _extended;
    private long _firstFragment = -1;
    private GroupLength? _group;

    private readonly DicomTransferSyntax _framing;

    private EvenLengths(DicomReader reader, DicomTransferSyntax framing) => (_reader, _framing) = (reader, framing);

    /// <param name="open">Opens the decompressed data set.</param>
    /// <param name="framing">How its elements are written.</param>
    /// <param name="length">Its length, or <see cref="long.MaxValue"/> if that is not known.</param>
    public static Splice[] Plan(Func<Stream> open, DicomTransferSyntax framing, long length)
    {
        using var stream = open();
        using var reader = new DicomReader(stream, framing, length) { DescendsAll = true };
        var plan = new EvenLengths(reader, framing);
        while (reader.Read())
            plan.Take();
        plan.EndGroup();
        return [.. plan._splices.OrderBy(s => s.Position)];
    }

    private void Take()
    {
        if (_holders.Count == 0 && _reader.Kind is DicomTokenKind.Element or DicomTokenKind.SequenceStart or DicomTokenKind.FragmentsStart)
            TakeGroup();
        switch (_reader.Kind)
        {
            case DicomTokenKind.Element:
                if (_reader.Tag == s_extendedOffsetTable && _holders.Count == 0)
                    _extended = ReadOffsets(8);
                if (IsBare)
                    GiveVR(_reader.Tag.IsPixelData ? DicomVR.OW : DicomVR.UN, _reader.ValuePosition, _reader.Length + (_reader.Length & 1));
                else if (IsOdd)
                    PadElement();
                if (IsBare && IsOdd)
                    PadValue();
                break;
            case DicomTokenKind.Fragment:
                TakeFragment();
                break;
            case DicomTokenKind.SequenceStart or DicomTokenKind.ItemStart or DicomTokenKind.FragmentsStart:
                if (_reader.Kind == DicomTokenKind.FragmentsStart)
                    (_firstFragment, _basic) = (-1, null);
                _holders.Push(new Holder(_reader.Tag, _reader.ValuePosition, _reader.Length, _reader.Encoding) { IsExplicit = HoldsExplicit, BareVR = BareVR });
                break;
            default:
                EndHolder();
                break;
        }
    }

    private bool IsOdd => (_reader.Length & 1) == 1 && _reader.Length > 0;

    private bool HolderIsExplicit => _holders.TryPeek(out var holder) ? holder.IsExplicit : _framing.IsExplicit;

    /// <summary>It has no VR although the others here have one. Items never have one.</summary>
    private bool IsBare => !_reader.IsExplicit && HolderIsExplicit;

    private bool HoldsExplicit => _reader.Kind == DicomTokenKind.ItemStart ? HolderIsExplicit : _reader.IsExplicit && !(_reader.VR == DicomVR.UN && _reader.Length < 0);

    private DicomVR? BareVR => _reader.Kind == DicomTokenKind.ItemStart || !IsBare ? null : _reader.Kind == DicomTokenKind.FragmentsStart ? DicomVR.OB : DicomVR.UN;

    /// <summary>Replaces an implicit header by an explicit one, which is four bytes longer.</summary>
    private void GiveVR(DicomVR vr, long valuePosition, long length, DicomTag? tag = null)
    {
        var header = new byte[12];
        ElementHeader.Write(header, tag ?? _reader.Tag, vr, length < 0 ? uint.MaxValue : (uint)length, ElementEncoding.ExplicitLittleEndian);
        _splices.Add(new Splice(valuePosition - 4, 4, header[4..]));
        Grow(4);
    }

    private void PadValue()
    {
        _splices.Add(new Splice(_reader.ValuePosition + _reader.Length, 0, [DicomDictionary.ImpliedVR(_reader.Tag).Padding]));
        Grow(1);
    }

    private void PadElement()
    {
        var isShort = _reader.IsExplicit && !_reader.VR.IsLongForm;
        var even = _reader.Length + 1;
        var growth = 1;
        if (isShort && even > ElementHeader.MaxShortLength)
        {
            // Too long for a short length. UN has a long one (PS3.5 §6.2.2).
            var header = new byte[12];
            ElementHeader.Write(header, _reader.Tag, DicomVR.UN, (uint)even, _reader.Encoding);
            _splices.Add(new Splice(_reader.Position + 4, 4, header[4..]));
            growth += 4;
        }
        else
            _splices.Add(Number(_reader.ValuePosition - (isShort ? 2 : 4), even, isShort ? 2 : 4, _reader.Encoding));
        var vr = _reader.IsExplicit && _reader.VR.IsKnown ? _reader.VR : DicomDictionary.ImpliedVR(_reader.Tag);
        _splices.Add(new Splice(_reader.ValuePosition + _reader.Length, 0, [vr.Padding]));
        Grow(growth);
    }

    private void TakeFragment()
    {
        var isTable = _basic is null;
        if (isTable)
        {
            _firstFragment = _reader.ValuePosition + _reader.Length;
            _basic = ReadOffsets(4) ?? OffsetTable.None;
        }
        if (!IsOdd)
            return;
        _splices.Add(Number(_reader.ValuePosition - 4, _reader.Length + 1, 4, _reader.Encoding));
        _splices.Add(new Splice(_reader.ValuePosition + _reader.Length, 0, [0]));
        if (!isTable)
            _paddedEnds.Add(_reader.ValuePosition + _reader.Length - _firstFragment);
        Grow(1);
    }

    private void EndHolder()
    {
        var holder = _holders.Pop();
        if (holder.BareVR is { } vr)
            GiveVR(vr, holder.ValuePosition, holder.Length < 0 ? -1 : holder.Length + holder.Growth, holder.Tag);
        else if (holder.Length >= 0 && holder.Growth > 0)
            _splices.Add(Number(holder.ValuePosition - 4, holder.Length + holder.Growth, 4, holder.Encoding));
        if (_reader.Kind == DicomTokenKind.FragmentsEnd && _paddedEnds.Count > 0)
        {
            Move(_basic);
            if (_holders.Count == 0)
                Move(_extended);
            _paddedEnds.Clear();
        }
        if (holder.Growth > 0)
            Grow(holder.Growth);
    }

    private void Grow(long count)
    {
        if (_holders.TryPeek(out var holder))
            holder.Growth += count;
        else if (_group is { } group)
            group.Growth += count;
    }

    /// <summary>Takes an element of the data set itself. A group length begins a group. An element of another group ends it.</summary>
    private void TakeGroup()
    {
        if (_group is { } open && open.Group != _reader.Tag.Group)
            EndGroup();
        if (!_reader.Tag.IsGroupLength || _reader.Length != 4)
            return;
        var value = new byte[4];
        _reader.ReadValue(value);
        _group = new GroupLength(_reader.Tag.Group, _reader.ValuePosition, _reader.Encoding.ReadUInt32(value), _reader.Encoding);
    }

    private void EndGroup()
    {
        if (_group is { Growth: > 0 } group)
            _splices.Add(Number(group.ValuePosition, group.Length + group.Growth, 4, group.Encoding));
        _group = null;
    }

    private OffsetTable? ReadOffsets(int size)
    {
        if (_reader.Length <= 0 || _reader.Length > MaxOffsetTable || _reader.Length % size != 0)
            return null;
        var value = new byte[_reader.Length];
        for (var read = 0; read < value.Length;)
            read += _reader.ReadValue(value.AsSpan(read));
        return new OffsetTable(_reader.ValuePosition, value, size);
    }

    /// <summary>Offsets are counted from the first fragment (PS3.5 §A.4). Each grows by the bytes that were inserted before it. Fragments are little endian.</summary>
    private void Move(OffsetTable? table)
    {
        if (table is null || table.Value.Length == 0)
            return;
        for (var at = 0; at < table.Value.Length; at += table.Size)
        {
            var entry = table.Value.AsSpan(at, table.Size);
            var offset = table.Size == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(entry) : BinaryPrimitives.ReadUInt64LittleEndian(entry);
            var found = _paddedEnds.BinarySearch((long)Math.Min(offset, long.MaxValue));
            var moved = offset + (ulong)(found >= 0 ? found + 1 : ~found);
            if (table.Size == 4)
                BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)moved);
            else
                BinaryPrimitives.WriteUInt64LittleEndian(entry, moved);
        }
        _splices.Add(new Splice(table.Position, table.Value.Length, table.Value));
    }

    private static Splice Number(long position, long value, int size, ElementEncoding encoding)
    {
        var bytes = new byte[size];
        if (size == 2)
            encoding.WriteUInt16(bytes, (ushort)value);
        else
            encoding.WriteUInt32(bytes, (uint)value);
        return new Splice(position, size, bytes);
    }

    private sealed record Holder(DicomTag Tag, long ValuePosition, long Length, ElementEncoding Encoding)
    {
        /// <summary>Whether its content is explicit.</summary>
        public required bool IsExplicit { get; init; }

        /// <summary>The VR that it gets; null if it has one.</summary>
        public required DicomVR? BareVR { get; init; }

        public long Growth { get; set; }
    }

    private sealed record GroupLength(ushort Group, long ValuePosition, uint Length, ElementEncoding Encoding)
    {
        public long Growth { get; set; }
    }

    private sealed record OffsetTable(long Position, byte[] Value, int Size)
    {
        public static OffsetTable None { get; } = new(0, [], 4);
    }
}
