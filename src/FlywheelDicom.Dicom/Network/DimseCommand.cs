using System.Buffers.Binary;
using System.Text;

namespace FlywheelDicom.Network;

/// <summary>The command field (PS3.7 §E.1).</summary>
internal enum CommandField : ushort
{
    StoreRequest = 0x0001,
    FindRequest = 0x0020,
    EchoRequest = 0x0030,
    EventReportRequest = 0x0100,
    ActionRequest = 0x0130,
    CancelRequest = 0x0FFF,
    StoreResponse = 0x8001,
    FindResponse = 0x8020,
    EchoResponse = 0x8030,
    EventReportResponse = 0x8100,
    ActionResponse = 0x8130,
}

/// <summary>A command set: always Implicit VR Little Endian (PS3.7 §6.3).</summary>
internal readonly record struct DimseCommand
{
    /// <summary>No command that is encoded here is longer.</summary>
    public const int MaxLength = 512;

    private const ushort NoDataset = 0x0101;

    public CommandField Field { get; init; }
    public ushort MessageId { get; init; }
    public ushort RespondedTo { get; init; }
    public bool HasDataset { get; init; }
    public DicomStatus Status { get; init; }

    /// <summary>The affected class, or for N-ACTION the requested one.</summary>
    public string? SopClassUid { get; init; }

    /// <summary>The affected instance, or for N-ACTION the requested one.</summary>
    public string? SopInstanceUid { get; init; }

    /// <summary>The event or action type of N-EVENT-REPORT and N-ACTION.</summary>
    public ushort? TypeId { get; init; }

    public bool IsResponse => ((ushort)Field & 0x8000) != 0;

    /// <summary>(0000,0902): what the peer said.</summary>
    public string? ErrorComment { get; init; }

    /// <summary>(0000,0901): what it objects to.</summary>
    public DicomTag[]? OffendingElements { get; init; }

    /// <summary>Writes the command; returns its length, at most <see cref="MaxLength"/>.</summary>
    public int Encode(Span<byte> target)
    {
        var isRequested = Field == CommandField.ActionRequest;
        var writer = new CommandWriter(target);
        writer.UI(isRequested ? (ushort)0x0003 : (ushort)0x0002, SopClassUid);
        writer.US(0x0100, (ushort)Field);
        writer.US(IsResponse ? (ushort)0x0120 : (ushort)0x0110, IsResponse ? RespondedTo : MessageId);
        if (Field is CommandField.StoreRequest or CommandField.FindRequest)
            writer.US(0x0700, 0);
        writer.US(0x0800, HasDataset ? (ushort)0x0000 : NoDataset);
        if (IsResponse)
            writer.US(0x0900, Status.Code);
        writer.LO(0x0902, ErrorComment);
        writer.UI(isRequested ? (ushort)0x1001 : (ushort)0x1000, SopInstanceUid);
        if (TypeId is { } type)
            writer.US(isRequested || Field == CommandField.ActionResponse ? (ushort)0x1008 : (ushort)0x1002, type);
        return writer.Finish();
    }

    /// <param name="bytes">The whole command set.</param>
    /// <param name="withUids">Not needed of a response, which only repeats those of its request.</param>
    /// <exception cref="InvalidDataException">The bytes are no command set.</exception>
    public static DimseCommand Decode(ReadOnlySpan<byte> bytes, bool withUids = true)
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
                0x0002 or 0x0003 or 0x1000 or 0x1001 when !withUids => command,
                0x0002 or 0x0003 => command with { SopClassUid = Text(value) },
                0x0100 => command with { Field = (CommandField)Number(value) },
                0x0110 => command with { MessageId = Number(value) },
                0x0120 => command with { RespondedTo = Number(value) },
                0x0800 => command with { HasDataset = Number(value) != NoDataset },
                0x0900 => command with { Status = new DicomStatus(Number(value)) },
                0x0901 => command with { OffendingElements = Tags(value) },
                0x0902 => command with { ErrorComment = Text(value) },
                0x1000 or 0x1001 => command with { SopInstanceUid = Text(value) },
                0x1002 or 0x1008 => command with { TypeId = Number(value) },
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
