using System.Buffers.Binary;
using System.Text;

namespace FlywheelDicom.Network;

/// <summary>The command field (PS3.7 §E.1).</summary>
internal enum CommandField : ushort
{
    StoreRequest = 0x0001,
    EchoRequest = 0x0030,
    StoreResponse = 0x8001,
    EchoResponse = 0x8030,
}

/// <summary>A command set: always Implicit VR Little Endian (PS3.7 §6.3).</summary>
internal readonly record struct DimseCommand
{
    private const ushort NoDataset = 0x0101;

    public CommandField Field { get; init; }
    public ushort MessageId { get; init; }
    public ushort RespondedTo { get; init; }
    public bool HasDataset { get; init; }
    public DicomStatus Status { get; init; }
    public string? SopClassUid { get; init; }
    public string? SopInstanceUid { get; init; }

    /// <summary>(0000,0902): what the peer said.</summary>
    public string? ErrorComment { get; init; }

    /// <summary>(0000,0901): what it objects to.</summary>
    public DicomTag[]? OffendingElements { get; init; }

    /// <summary>Writes the command; returns its length. 512 bytes are always enough.</summary>
    public int Encode(Span<byte> target)
    {
        var writer = new CommandWriter(target);
        writer.UI(0x0002, SopClassUid);
        writer.US(0x0100, (ushort)Field);
        var isResponse = ((ushort)Field & 0x8000) != 0;
        writer.US(isResponse ? (ushort)0x0120 : (ushort)0x0110, isResponse ? RespondedTo : MessageId);
        if (Field == CommandField.StoreRequest)
            writer.US(0x0700, 0);
        writer.US(0x0800, HasDataset ? (ushort)0x0000 : NoDataset);
        if (isResponse)
            writer.US(0x0900, Status.Code);
        writer.LO(0x0902, ErrorComment);
        writer.UI(0x1000, SopInstanceUid);
        return writer.Finish();
    }

    /// <exception cref="InvalidDataException">The bytes are no command set.</exception>
    public static DimseCommand Decode(ReadOnlySpan<byte> bytes)
    {
        var command = new DimseCommand();
        while (bytes.Length >= 8)
        {
            var tag = new DicomTag(BinaryPrimitives.ReadUInt16LittleEndian(bytes), BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]));
            var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            if (tag.Group != 0 || length > bytes.Length - 8)
                throw new InvalidDataException($"The command set is malformed at {tag}.");
            var value = bytes.Slice(8, (int)length);
            bytes = bytes[(8 + (int)length)..];
            command = tag.Element switch
            {
                0x0002 => command with { SopClassUid = Text(value) },
                0x0100 => command with { Field = (CommandField)Number(value) },
                0x0110 => command with { MessageId = Number(value) },
                0x0120 => command with { RespondedTo = Number(value) },
                0x0800 => command with { HasDataset = Number(value) != NoDataset },
                0x0900 => command with { Status = new DicomStatus(Number(value)) },
                0x0901 => command with { OffendingElements = Tags(value) },
                0x0902 => command with { ErrorComment = Text(value) },
                0x1000 => command with { SopInstanceUid = Text(value) },
                _ => command,
            };
        }
        return bytes.IsEmpty ? command : throw new InvalidDataException("The command set ends inside an element.");
    }

    private static ushort Number(ReadOnlySpan<byte> value) => value.Length >= 2 ? BinaryPrimitives.ReadUInt16LittleEndian(value) : (ushort)0;

    private static string Text(ReadOnlySpan<byte> value) => Encoding.Latin1.GetString(value).Trim(' ', '\0');

    private static DicomTag[] Tags(ReadOnlySpan<byte> value)
    {
        var tags = new DicomTag[value.Length / 4];
        for (var i = 0; i < tags.Length; i++)
            tags[i] = new DicomTag(BinaryPrimitives.ReadUInt16LittleEndian(value[(i * 4)..]), BinaryPrimitives.ReadUInt16LittleEndian(value[(i * 4 + 2)..]));
        return tags;
    }

    private ref struct CommandWriter(Span<byte> target)
    {
        private readonly Span<byte> _target = target;
        private int _length = 12;

        public void US(ushort element, ushort value)
        {
            Header(element, 2);
            BinaryPrimitives.WriteUInt16LittleEndian(_target[_length..], value);
            _length += 2;
        }

        public void UI(ushort element, string? uid) => Text(element, uid, 0);

        public void LO(ushort element, string? text) => Text(element, text is { Length: > 64 } ? text[..64] : text, (byte)' ');

        public int Finish()
        {
            var body = _length;
            _length = 0;
            Header(0x0000, 4);
            BinaryPrimitives.WriteUInt32LittleEndian(_target[8..], (uint)(body - 12));
            return body;
        }

        private void Text(ushort element, string? text, byte padding)
        {
            if (string.IsNullOrEmpty(text))
                return;
            var even = text.Length + text.Length % 2;
            Header(element, (uint)even);
            _target[_length + even - 1] = padding;
            Encoding.ASCII.GetBytes(text, _target[_length..]);
            _length += even;
        }

        private void Header(ushort element, uint length)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_target[_length..], 0);
            BinaryPrimitives.WriteUInt16LittleEndian(_target[(_length + 2)..], element);
            BinaryPrimitives.WriteUInt32LittleEndian(_target[(_length + 4)..], length);
            _length += 8;
        }
    }
}
