using System.Buffers.Binary;
using System.Text;

namespace FlywheelDicom.IO;

/// <summary>What <see cref="DicomReader"/> stands on.</summary>
public enum DicomTokenKind
{
    /// <summary>A data element with a value of known length.</summary>
    Element,
    SequenceStart,
    ItemStart,
    ItemEnd,
    SequenceEnd,

    /// <summary>Encapsulated pixel data (PS3.5 §A.4).</summary>
    FragmentsStart,
    Fragment,
    FragmentsEnd,
}

/// <summary>
/// Reads an encoded data set token by token, forward only. It holds one frame for each level of nesting and no value,
/// so its memory is bounded whatever the bytes say (PS3.5 §7).
/// </summary>
public sealed class DicomReader : IDisposable
{
    private const int MaxDepth = 64;
    private const uint Undefined = 0xFFFFFFFF;

    private readonly ForwardBuffer _input;
    private readonly bool _explicit;
    private readonly bool _bigEndian;
    private readonly long _length;
    private readonly Stack<Frame> _frames = new();

    /// <param name="dataset">The data set from its first byte, inflated.</param>
    /// <param name="syntax">Its encoding.</param>
    /// <param name="length">Its bytes where known: a value that promises more is refused at once.</param>
    public DicomReader(Stream dataset, DicomTransferSyntax syntax, long? length = null)
        : this(new ForwardBuffer(dataset), syntax.IsExplicit, syntax.IsBigEndian, length ?? long.MaxValue) { }

    internal DicomReader(ForwardBuffer input, bool isExplicit, bool isBigEndian, long length)
        => (_input, _explicit, _bigEndian, _length) = (input, isExplicit, isBigEndian, length);

    /// <summary>Descends into sequences of defined length too; without it they are elements with an opaque value.</summary>
    public bool DescendsAll { get; init; }

    public DicomTokenKind Kind { get; private set; }
    public DicomTag Tag { get; private set; }

    /// <summary>As encoded; by the dictionary where it is implicit and <see cref="DescendsAll"/> is set, else UN.</summary>
    public DicomVR VR { get; private set; }

    /// <summary>Bytes of the value, -1 where undefined.</summary>
    public long Length { get; private set; }

    /// <summary>Where the token's first byte stands.</summary>
    public long Position { get; private set; }

    /// <summary>Where the value begins.</summary>
    public long ValuePosition { get; private set; }

    public int Depth => _frames.Count;

    /// <summary>The encoding of the element at hand, which in odd files differs from the data set's.</summary>
    public bool IsExplicit { get; private set; }
    public bool IsBigEndian { get; private set; }

    internal long InputPosition => _input.Position;

    private long ValueEnd => Length < 0 ? ValuePosition : ValuePosition + Length;
    private bool HasValue => Kind is DicomTokenKind.Element or DicomTokenKind.Fragment;

    /// <summary>Moves on, over what is left of the value at hand. False at the end of the data set.</summary>
    /// <exception cref="DicomFormatException">The data set breaks off or makes no sense.</exception>
    public bool Read()
    {
        if (HasValue && _input.Position < ValueEnd && !_input.Skip(ValueEnd - _input.Position))
            throw Truncated();
        Position = _input.Position;
        if (_frames.TryPeek(out var frame) && _input.Position >= frame.End)
            return End(frame);
        return frame.Kind switch
        {
            FrameKind.Sequence => ReadItem(frame),
            FrameKind.Fragments => ReadFragment(frame),
            _ => ReadElement(frame),
        };
    }

    /// <summary>Reads what is left of the value at hand, as much as fits; 0 at its end.</summary>
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

    /// <summary>What is left of a value as text without its padding, as far as 64 bytes go: a UID or a code.</summary>
    internal string ReadShortText()
    {
        Span<byte> bytes = stackalloc byte[64];
        var count = 0;
        while (count < bytes.Length && ReadValue(bytes[count..]) is > 0 and var read)
            count += read;
        return Encoding.Latin1.GetString(bytes[..count]).Trim(' ', '\0');
    }

    /// <summary>From inside an item of undefined length: how many bytes stand before its delimiter.</summary>
    internal long LengthToItemDelimiter()
    {
        Push(new Frame(FrameKind.Item, DicomTag.Item, long.MaxValue, _explicit, _bigEndian));
        while (Read() && Depth > 0)
        {
            // Read itself steps over values and nested sequences.
        }
        return Position;
    }

    private bool End(Frame frame)
    {
        if (_input.Position > frame.End)
            throw new DicomFormatException($"An element runs past the end of what holds it, at byte {frame.End}.");
        _frames.Pop();
        (Tag, Length) = (frame.Tag, 0);
        return Emit(frame.Kind == FrameKind.Item ? DicomTokenKind.ItemEnd : DicomTokenKind.SequenceEnd);
    }

    private bool ReadItem(Frame frame)
    {
        var (tag, length) = ReadDelimiter(frame);
        if (tag == DicomTag.SequenceDelimitationItem)
        {
            _frames.Pop();
            return Emit(DicomTokenKind.SequenceEnd);
        }
        if (tag != DicomTag.Item)
            throw new DicomFormatException($"{tag} stands at byte {Position} where an item of the sequence {frame.Tag} should.");
        Push(new Frame(FrameKind.Item, frame.Tag, EndOf(length, frame), frame.IsExplicit, frame.IsBigEndian));
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
            throw new DicomFormatException($"{tag} stands at byte {Position} where a fragment of {frame.Tag} should.");
        EndOf(length, frame);
        return Emit(DicomTokenKind.Fragment);
    }

    private (DicomTag Tag, uint Length) ReadDelimiter(Frame frame)
    {
        var head = _input.Peek(8);
        if (head.Length < 8)
            throw Truncated();
        Tag = TagAt(head, frame.IsBigEndian);
        var length = frame.IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(head[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        _input.Skip(8);
        Length = length == Undefined ? -1 : length;
        ValuePosition = _input.Position;
        (IsExplicit, IsBigEndian) = (frame.IsExplicit, frame.IsBigEndian);
        return (Tag, length);
    }

    private bool ReadElement(Frame frame)
    {
        var inItem = frame.Kind == FrameKind.Item;
        (IsExplicit, IsBigEndian) = inItem ? (frame.IsExplicit, frame.IsBigEndian) : (_explicit, _bigEndian);
        var head = _input.Peek(12);
        if (!inItem && IsPadding(head))
            return false;
        if (head.Length < 8)
            throw Truncated();
        Tag = TagAt(head, IsBigEndian);
        if (Tag.Group == DicomTag.Item.Group)
            return ReadStrayDelimiter(frame, inItem);

        var header = 8;
        uint length;
        if (IsExplicit && DicomVR.LooksLikeVR(head[4], head[5]))
        {
            VR = DicomVR.FromBytes(head[4], head[5]);
            if (VR.IsLongForm)
            {
                if (head.Length < 12)
                    throw Truncated();
                header = 12;
                length = IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(head[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
            }
            else
                length = IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(head[6..]) : BinaryPrimitives.ReadUInt16LittleEndian(head[6..]);
        }
        else
        {
            // Some writers leave single private sequences implicit inside an explicit file.
            IsExplicit = false;
            VR = DescendsAll ? DicomDictionary.ImpliedVR(Tag) : DicomVR.UN;
            length = IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(head[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        }
        _input.Skip(header);
        ValuePosition = _input.Position;
        Length = length == Undefined ? -1 : length;
        var end = EndOf(length, frame);
        if (length == Undefined)
            return Open(end);
        if (DescendsAll && VR == DicomVR.SQ)
        {
            Push(new Frame(FrameKind.Sequence, Tag, end, IsExplicit, IsBigEndian));
            return Emit(DicomTokenKind.SequenceStart);
        }
        return Emit(DicomTokenKind.Element);
    }

    private bool Open(long end)
    {
        if (Tag.IsPixelData || (IsExplicit && VR.IsLongForm && VR.IsKnown && VR != DicomVR.SQ && VR != DicomVR.UN))
        {
            Push(new Frame(FrameKind.Fragments, Tag, end, IsExplicit, IsBigEndian));
            return Emit(DicomTokenKind.FragmentsStart);
        }
        // PS3.5 §6.2.2: UN of undefined length is a sequence in Implicit VR Little Endian.
        var unknown = IsExplicit && VR == DicomVR.UN;
        Push(new Frame(FrameKind.Sequence, Tag, end, IsExplicit && !unknown, IsBigEndian && !unknown));
        return Emit(DicomTokenKind.SequenceStart);
    }

    private bool ReadStrayDelimiter(Frame frame, bool inItem)
    {
        if (inItem && Tag == DicomTag.SequenceDelimitationItem)
        {
            // The item's own delimiter was left out: close it, the sequence reads its own next.
            _frames.Pop();
            return Emit(DicomTokenKind.ItemEnd);
        }
        if (inItem && Tag == DicomTag.ItemDelimitationItem)
        {
            ReadDelimiter(frame);
            _frames.Pop();
            return Emit(DicomTokenKind.ItemEnd);
        }
        throw new DicomFormatException($"{Tag} stands at byte {Position}, outside any sequence.");
    }

    /// <summary>Where a value ends, refused if that is beyond what holds it or beyond the data.</summary>
    private long EndOf(uint length, Frame holder)
    {
        if (length == Undefined)
            return long.MaxValue;
        var end = ValuePosition + length;
        if (end > _length)
            throw Truncated();
        if (holder.Kind != FrameKind.None && end > holder.End)
            throw new DicomFormatException($"{Tag} at byte {Position} has length {length}, more than what holds it.");
        return end;
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

    /// <summary>Zeros where an element should be, or the end: some writers pad files to a block.</summary>
    private static bool IsPadding(ReadOnlySpan<byte> head) => head.IsEmpty || !head.ContainsAnyExcept((byte)0);

    private DicomFormatException Truncated()
        => new($"The data set is truncated: {Tag} promises more bytes than there are (element at byte {Position} of the data set).", isTruncated: true);

    internal static DicomTag TagAt(ReadOnlySpan<byte> bytes, bool bigEndian) => bigEndian
        ? new DicomTag(BinaryPrimitives.ReadUInt16BigEndian(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]))
        : new DicomTag(BinaryPrimitives.ReadUInt16LittleEndian(bytes), BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]));

    private enum FrameKind { None, Sequence, Item, Fragments }

    private readonly record struct Frame(FrameKind Kind, DicomTag Tag, long End, bool IsExplicit, bool IsBigEndian);
}
