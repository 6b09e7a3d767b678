namespace FlywheelDicom.IO;

/// <summary>
/// Reads an encoded data set token by token, forward only (PS3.5 §7). It keeps one frame for each level of nesting and no values, so
/// its memory is small whatever the bytes are.
/// </summary>
internal sealed class DicomReader : IDisposable
{
    private const int MaxDepth = 64;

    /// <summary>How far it looks ahead after an element without VR: a short value, and the header after it.</summary>
    private const int MaxLookAhead = 72 * 1024;
    private const uint Undefined = 0xFFFFFFFF;

    private readonly ForwardBuffer _input;
    private readonly ElementEncoding _encoding;
    private readonly long _length;
    private readonly Stack<Frame> _frames = new();

    // What is wrong if the current bytes make no sense: an element without a VR, or the sequence before them.
    private DicomTag _withoutVR;
    private DicomTag _behind;

    /// <param name="dataset">The data set from its first byte, decompressed.</param>
    /// <param name="syntax">Its encoding.</param>
    /// <param name="length">Its length, if known: a value that states more is refused at once.</param>
    public DicomReader(Stream dataset, DicomTransferSyntax syntax, long? length = null)
        : this(new ForwardBuffer(dataset), syntax.Encoding, length ?? long.MaxValue) { }

    internal DicomReader(ForwardBuffer input, ElementEncoding encoding, long length)
        => (_input, _encoding, _length) = (input, encoding, length);

    /// <summary>Reads the items of sequences of defined length too. Otherwise these are elements with a value.</summary>
    public bool DescendsAll { get; init; }

    /// <summary>With <see cref="DescendsAll"/>: also into UN of defined length that is a sequence by the dictionary, whose content is implicit (PS3.5 §6.2.2).</summary>
    public bool DescendsUnknown { get; init; }

    /// <summary>Whether pixel data may be fragments: not in an uncompressed transfer syntax (PS3.5 §A.4).</summary>
    internal bool TakesFragments { get; init; } = true;

    /// <summary>A value of odd length was found (PS3.5 §7.1.1 requires even ones).</summary>
    internal bool HasOddLengths { get; private set; }

    /// <summary>An element without VR was found in an explicit data set. Most readers fail there.</summary>
    internal bool HasBareElements { get; private set; }

    public DicomTokenKind Kind { get; private set; }
    public DicomTag Tag { get; private set; }

    /// <summary>As encoded. For an implicit element it is SQ if its items are read, otherwise UN.</summary>
    public DicomVR VR { get; private set; }

    /// <summary>Bytes of the value; -1 if undefined.</summary>
    public long Length { get; private set; }

    /// <summary>The position of the token's first byte.</summary>
    public long Position { get; private set; }

    /// <summary>Where the value begins.</summary>
    public long ValuePosition { get; private set; }

    public int Depth => _frames.Count;

    /// <summary>The encoding of the current element. In faulty files it may differ from that of the data set.</summary>
    public ElementEncoding Encoding { get; private set; }

    public bool IsExplicit => Encoding.IsExplicit;
    public bool IsBigEndian => Encoding.IsBigEndian;

    internal long InputPosition => _input.Position;

    private long ValueEnd => Length < 0 ? ValuePosition : ValuePosition + Length;
    private bool HasValue => Kind is DicomTokenKind.Element or DicomTokenKind.Fragment;

    /// <summary>Goes to the next token; the rest of the current value is skipped. False at the end of the data set.</summary>
    /// <exception cref="DicomFormatException">The data set is cut off or makes no sense.</exception>
    public bool Read()
    {
        if (HasValue && _input.Position < ValueEnd && !_input.Skip(ValueEnd - _input.Position))
            throw Truncated();
        Position = _input.Position;
        if (_frames.TryPeek(out var frame) && _input.Position >= frame.Limit)
            return End(frame);
        return frame.Kind switch
        {
            FrameKind.Sequence => ReadItem(frame),
            FrameKind.Fragments => ReadFragment(frame),
            _ => ReadElement(frame),
        };
    }

    /// <summary>Reads the next bytes of the current value, as many as fit; 0 at its end.</summary>
    public int ReadValue(Span<byte> target)
    {
        if (!HasValue)
            return 0;
        var left = (int)Math.Min(target.Length, ValueEnd - _input.Position);
        if (left <= 0)
            return 0;
        var read = _input.Read(target[..left]);
        return read > 0 ? read : throw Truncated();
    }

    public void Dispose() => _input.Dispose();

    /// <summary>The rest of the value as text without padding, 64 bytes at most: for UIDs and codes.</summary>
    internal string ReadShortText()
    {
        Span<byte> bytes = stackalloc byte[64];
        var count = 0;
        while (count < bytes.Length && ReadValue(bytes[count..]) is > 0 and var read)
            count += read;
        return System.Text.Encoding.Latin1.GetString(bytes[..count]).Trim(' ', '\0');
    }

    /// <summary>Inside an item of undefined length: the number of bytes before its delimiter.</summary>
    internal long LengthToItemDelimiter()
    {
        Push(new Frame(FrameKind.Item, DicomTag.Item, long.MaxValue, false, _encoding));
        while (Read() && Depth > 0)
        {
            // Read itself steps over values and nested sequences.
        }
        return Position;
    }

    private bool End(Frame frame)
    {
        if (!frame.HasLength)
            throw Broken($"{Where(frame)} has no end: what holds it ends first, at byte {frame.Limit}.");
        if (_input.Position > frame.Limit)
            throw Broken($"{Where(frame)} is longer than its length says, at byte {frame.Limit}.");
        _frames.Pop();
        (Tag, Length) = (frame.Tag, 0);
        _behind = frame.Kind == FrameKind.Item ? default : frame.Tag;
        return Emit(frame.Kind == FrameKind.Item ? DicomTokenKind.ItemEnd : DicomTokenKind.SequenceEnd);
    }

    private bool ReadItem(Frame frame)
    {
        var (tag, length) = ReadDelimiter(frame);
        if (tag == DicomTag.SequenceDelimitationItem && !frame.HasLength)
        {
            _frames.Pop();
            _behind = frame.Tag;
            return Emit(DicomTokenKind.SequenceEnd);
        }
        if (tag != DicomTag.Item)
            throw Broken($"{tag} stands at byte {Position} where an item of {Where(frame)} should.");
        var (limit, hasLength) = EndOf(length, frame);
        _behind = default;
        Push(new Frame(FrameKind.Item, frame.Tag, limit, hasLength, frame.Encoding));
        return Emit(DicomTokenKind.ItemStart);
    }

    private bool ReadFragment(Frame frame)
    {
        var (tag, length) = ReadDelimiter(frame);
        if (tag == DicomTag.SequenceDelimitationItem)
        {
            _frames.Pop();
            return Emit(DicomTokenKind.FragmentsEnd);
        }
        if (tag != DicomTag.Item || length == Undefined)
            throw Broken($"{tag} stands at byte {Position} where a fragment of {Named(frame.Tag)} should.");
        EndOf(length, frame);
        return Emit(DicomTokenKind.Fragment);
    }

    private (DicomTag Tag, uint Length) ReadDelimiter(Frame frame)
    {
        var head = _input.Peek(8);
        if (head.Length < 8)
            throw Truncated();
        Encoding = frame.Encoding;
        Tag = Encoding.ReadTag(head);
        var length = Encoding.ReadUInt32(head[4..]);
        _input.Skip(8);
        Length = length == Undefined ? -1 : length;
        ValuePosition = _input.Position;
        return (Tag, length);
    }

    private bool ReadElement(Frame frame)
    {
        var inItem = frame.Kind == FrameKind.Item;
        Encoding = inItem ? frame.Encoding : _encoding;
        var head = _input.Peek(12);
        if (!inItem && IsPadding(head))
            return EndInPadding();
        if (head.Length < 8)
            throw Truncated();
        Tag = Encoding.ReadTag(head);
        if (Tag.Group == DicomTag.Item.Group)
            return ReadStrayDelimiter(frame);
        if (Tag.Group == 0x0002 || (Tag.Group == 0 && !inItem))
            throw Broken($"{Tag} stands in the data set, at byte {Position}: its group belongs before a data set, never into one.");

        var (header, length) = ReadVR(head, frame);
        if (_behind != default || _withoutVR != default)
            ForgetEarlierFaults();
        _input.Skip(header);
        ValuePosition = _input.Position;
        Length = length == Undefined ? -1 : length;
        var (limit, hasLength) = EndOf(length, frame);
        if (!hasLength)
            return Open(limit);
        if (DescendsAll && (IsExplicit ? VR == DicomVR.SQ : DicomDictionary.IsSequence(Tag)))
        {
            (VR, _withoutVR) = (DicomVR.SQ, default);
            Push(new Frame(FrameKind.Sequence, Tag, limit, true, Encoding));
            return Emit(DicomTokenKind.SequenceStart);
        }
        if (DescendsUnknown && IsExplicit && VR == DicomVR.UN && DicomDictionary.IsSequence(Tag))
        {
            Push(new Frame(FrameKind.Sequence, Tag, limit, true, ElementEncoding.ImplicitLittleEndian));
            return Emit(DicomTokenKind.SequenceStart);
        }
        return Emit(DicomTokenKind.Element);
    }

    /// <summary>The length of the header, and the length of the value that it states.</summary>
    private (int Header, uint Length) ReadVR(ReadOnlySpan<byte> head, Frame holder)
    {
        if (IsExplicit && DicomVR.LooksLikeVR(head[4], head[5]))
        {
            VR = DicomVR.FromBytes(head[4], head[5]);
            if (!VR.IsLongForm)
                return (8, Encoding.ReadUInt16(head[6..]));
            return head.Length < 12 ? throw Truncated() : (12, Encoding.ReadUInt32(head[8..]));
        }
        var vr = DicomVR.FromBytes(head[4], head[5]);
        var (length, shortLength) = (Encoding.ReadUInt32(head[4..]), Encoding.ReadUInt16(head[6..]));
        if (IsExplicit && length != Undefined)
        {
            // Other readers take two bytes that are no VR for a VR with a short length. So does this one, if what follows makes sense then.
            if (IsFollowedByElement(shortLength, holder))
            {
                VR = vr;
                return (8, shortLength);
            }
            // What follows may look like an element without being one. The first one is what is wrong.
            if (_withoutVR == default)
                _withoutVR = Tag;
        }
        if (IsExplicit && IsBigEndian)
            throw Broken($"{Tag} has no valid VR, and no length that fits what follows.");
        HasBareElements |= IsExplicit;
        // Some writers leave private sequences implicit in an explicit file.
        (Encoding, VR) = (ElementEncoding.ImplicitLittleEndian, DicomVR.UN);
        return (8, length);
    }

    /// <summary>Whether an element, or the end, follows a value of this length. Elements in between may lack a VR too.</summary>
    private bool IsFollowedByElement(int length, Frame holder)
    {
        var last = Tag;
        for (var at = 8 + length; at <= MaxLookAhead;)
        {
            if (_input.Position + at == (holder.Kind == FrameKind.None ? _length : holder.Limit))
                return true;
            var next = _input.Peek(at + 8);
            if (next.Length < at || (next.Length < at + 8 && holder.Kind != FrameKind.None))
                return false;
            next = next[at..];
            if (holder.Kind == FrameKind.None && IsPadding(next))
                return true;
            if (next.Length < 8)
                return false;
            var tag = Encoding.ReadTag(next);
            if (tag == DicomTag.ItemDelimitationItem)
                return holder.Kind == FrameKind.Item;
            if (tag <= last || tag.Group == DicomTag.Item.Group)
                return false;
            if (DicomVR.LooksLikeVR(next[4], next[5]))
                return DicomVR.FromBytes(next[4], next[5]).IsKnown;
            (last, at) = (tag, at + 8 + Encoding.ReadUInt16(next[6..]));
        }
        return false;
    }

    /// <summary>The current element makes sense, so what was before it is not wrong.</summary>
    private void ForgetEarlierFaults()
    {
        var isElement = IsExplicit ? VR.IsKnown : Tag.IsPrivate || DicomDictionary.Lookup(Tag) is not null;
        if (isElement && Tag > _behind)
            _behind = default;
        if (isElement && IsExplicit && Tag > _withoutVR)
            _withoutVR = default;
    }

    private bool Open(long limit)
    {
        if (Tag.IsPixelData || (IsExplicit && VR.IsLongForm && VR.IsKnown && VR != DicomVR.SQ && VR != DicomVR.UN))
        {
            if (VR.IsText || VR.Code is "SV" or "UV")
                throw Broken($"{Named(Tag)} has VR {VR} and an undefined length, which only a sequence or pixel data may have.");
            if (!TakesFragments)
                throw Broken($"{Named(Tag)} is compressed, and nothing says how: it holds fragments, but the file states no compressed transfer syntax.");
            Push(new Frame(FrameKind.Fragments, Tag, limit, false, Encoding));
            return Emit(DicomTokenKind.FragmentsStart);
        }
        if (!IsExplicit && DicomDictionary.Lookup(Tag) is { } known && known.VR != DicomVR.SQ && known.VR != DicomVR.UN)
            throw Broken($"{Named(Tag)} has an undefined length, which only a sequence or pixel data may have.");
        // PS3.5 §6.2.2: UN of undefined length is a sequence in Implicit VR Little Endian.
        var unknown = IsExplicit && VR == DicomVR.UN;
        Push(new Frame(FrameKind.Sequence, Tag, limit, false, unknown ? ElementEncoding.ImplicitLittleEndian : Encoding));
        return Emit(DicomTokenKind.SequenceStart);
    }

    private bool ReadStrayDelimiter(Frame frame)
    {
        var inItem = frame.Kind == FrameKind.Item;
        if (inItem && Tag == DicomTag.ItemDelimitationItem && !frame.HasLength)
        {
            // Some readers skip that length, some do not.
            if (ReadDelimiter(frame).Length != 0)
                throw Broken($"the end of {Where(frame)} states a length of its own, at byte {Position}.");
            _frames.Pop();
            return Emit(DicomTokenKind.ItemEnd);
        }
        throw Broken(inItem ? $"{Where(frame)} has no end, or more than one: {Tag} stands in it at byte {Position}."
            : $"{Tag} stands at byte {Position}, outside any sequence.");
    }

    /// <summary>Where a value ends. It is refused if that is after the end of its item, its sequence or the data. Without a length, where it must have ended.</summary>
    private (long Limit, bool HasLength) EndOf(uint length, Frame holder)
    {
        var limit = holder.Kind == FrameKind.None ? long.MaxValue : holder.Limit;
        if (length == Undefined)
            return (limit, false);
        HasOddLengths |= (length & 1) != 0;
        var end = ValuePosition + length;
        if (end > limit)
        {
            throw Broken(Tag == DicomTag.Item ? $"An item at byte {Position} is longer than {Where(holder)}, which holds it."
                : $"{Tag} at byte {Position} has length {length}, more than {Where(holder)} holds.");
        }
        return end > _length ? throw Truncated() : (end, true);
    }

    private void Push(Frame frame)
    {
        if (_frames.Count >= MaxDepth)
            throw new DicomFormatException($"Sequences are nested deeper than {MaxDepth / 2} levels at byte {Position}.");
        _frames.Push(frame);
    }

    private bool Emit(DicomTokenKind kind)
    {
        Kind = kind;
        return true;
    }

    /// <summary>Only zeros may follow the first ones: a receiver would read anything else as elements.</summary>
    private bool EndInPadding()
    {
        while (_input.Peek(512) is { IsEmpty: false } rest)
        {
            if (rest.ContainsAnyExcept((byte)0))
                throw Broken($"Zeros stand at byte {Position} where an element should, and other bytes behind them.");
            _input.Skip(rest.Length);
        }
        return false;
    }

    /// <summary>The end, or zeros where an element should be: some writers fill up the last block of a file.</summary>
    private static bool IsPadding(ReadOnlySpan<byte> head) => head.IsEmpty || !head.ContainsAnyExcept((byte)0);

    private DicomFormatException Truncated()
        => EarlierFault() ?? new($"The data set is truncated: {Tag} promises more bytes than there are (element at byte {Position} of the data set).") { IsTruncated = true };

    private DicomFormatException Broken(string message) => EarlierFault() ?? new(char.ToUpperInvariant(message[0]) + message[1..]);

    /// <summary>What was wrong already before the bytes that make no sense; null where nothing is known to be.</summary>
    private DicomFormatException? EarlierFault()
    {
        if (_withoutVR != default)
            return new($"{_withoutVR} has no valid VR, and no length that fits what follows.");
        return _behind == default ? null
            : new($"The sequence {Named(_behind)} does not end where it says: what stands behind it, at byte {Position}, is no element.");
    }

    private static string Where(Frame frame) => frame.Kind == FrameKind.Item ? $"an item of the sequence {Named(frame.Tag)}" : $"the sequence {Named(frame.Tag)}";

    private static string Named(DicomTag tag) => DicomDictionary.Lookup(tag) is { Keyword.Length: > 0 } known ? $"{tag} {known.Keyword}" : tag.ToString();

    private enum FrameKind { None, Sequence, Item, Fragments }

    /// <summary>A sequence, an item or fragments that are being read, and where they end. Without a length, where they must have ended.</summary>
    private readonly record struct Frame(FrameKind Kind, DicomTag Tag, long Limit, bool HasLength, ElementEncoding Encoding);
}
