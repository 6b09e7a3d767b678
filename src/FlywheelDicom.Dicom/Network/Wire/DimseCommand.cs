using System.Buffers.Binary;
using System.Text;

namespace FlywheelDicom.Network.Wire;

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

    /// <summary>N-EVENT-REPORT of storage commitment: all is committed (1), or not all (2) (PS3.4 §J.3.3).</summary>
    public bool IsCommitmentReport => this is { Field: CommandField.EventReportRequest, HasDataset: true, TypeId: 1 or 2 };

    /// <summary>Error comment (0000,0902).</summary>
    public string? ErrorComment { get; init; }

    /// <summary>Offending elements (0000,0901).</summary>
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

    /// <summary>
    /// Reads a command set. Each element that a message must have is there once and in its right length, or this throws: a value that is
    /// missing is never taken for 0.
    /// </summary>
    /// <exception cref="InvalidDataException">The bytes are no command set; the message says why.</exception>
    public static DimseCommand Decode(ReadOnlySpan<byte> bytes)
    {
        var command = DecodeWithoutUids(bytes);
        string? sopClass = null, sopInstance = null;
        while (NextElement(ref bytes, out var element, out var value))
        {
            if (element is 0x0002 or 0x0003)
                sopClass = Text(value);
            else if (element is 0x1000 or 0x1001)
                sopInstance = Text(value);
        }
        return command with { SopClassUid = sopClass, SopInstanceUid = sopInstance };
    }

    /// <summary>The same without the UIDs: those of a response only repeat those of its request.</summary>
    /// <inheritdoc cref="Decode(ReadOnlySpan{byte})"/>
    public static DimseCommand DecodeWithoutUids(ReadOnlySpan<byte> bytes)
    {
        ushort? field = null, messageId = null, respondedTo = null, datasetType = null, status = null, type = null;
        string? comment = null;
        DicomTag[]? offending = null;
        while (NextElement(ref bytes, out var element, out var value))
        {
            switch (element)
            {
                case 0x0100:
                    Number(ref field, value, "command field (0000,0100)");
                    break;
                case 0x0110:
                    Number(ref messageId, value, "message ID (0000,0110)");
                    break;
                case 0x0120:
                    Number(ref respondedTo, value, "message ID being responded to (0000,0120)");
                    break;
                case 0x0800:
                    Number(ref datasetType, value, "command data set type (0000,0800)");
                    break;
                case 0x0900:
                    Number(ref status, value, "status (0000,0900)");
                    break;
                case 0x0901:
                    offending = Tags(value);
                    break;
                case 0x0902:
                    comment = Text(value);
                    break;
                case 0x1002 or 0x1008:
                    Number(ref type, value, "event or action type (0000,1002), (0000,1008)");
                    break;
            }
        }
        var command = new DimseCommand
        {
            Field = (CommandField)(field ?? throw Missing("command field (0000,0100)")), MessageId = messageId ?? 0, RespondedTo = respondedTo ?? 0,
            HasDataset = (datasetType ?? throw Missing("command data set type (0000,0800)")) != NoDataset, Status = new DicomStatus(status ?? 0),
            TypeId = type, ErrorComment = comment, OffendingElements = offending,
        };
        if (command.IsResponse && status is null)
            throw Missing("status (0000,0900)");
        if (command.IsResponse && respondedTo is null)
            throw Missing("message ID being responded to (0000,0120)");
        // C-CANCEL alone is a request without an ID of its own (PS3.7 §9.3.2.3).
        if (!command.IsResponse && messageId is null && respondedTo is null)
            throw Missing("message ID (0000,0110)");
        return command;
    }

    /// <summary>Whether a command set gives no such UID, or this one. Padding is not significant.</summary>
    /// <param name="bytes">A command set that could be decoded.</param>
    /// <param name="element">Of group 0000.</param>
    /// <param name="uid">What it should be.</param>
    public static bool Repeats(ReadOnlySpan<byte> bytes, ushort element, string? uid)
    {
        while (NextElement(ref bytes, out var found, out var value))
        {
            if (found == element && value.TrimEnd("\0 "u8) is { IsEmpty: false } given && !Ascii.Equals(given, uid))
                return false;
        }
        return true;
    }

    private static bool NextElement(ref ReadOnlySpan<byte> bytes, out ushort element, out ReadOnlySpan<byte> value)
    {
        element = 0;
        value = default;
        if (bytes.IsEmpty)
            return false;
        if (bytes.Length < 8)
            throw new InvalidDataException("The command set ends inside an element.");
        var tag = new DicomTag(BinaryPrimitives.ReadUInt16LittleEndian(bytes), BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]));
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (tag.Group != 0 || length > bytes.Length - 8)
            throw new InvalidDataException($"The command set is malformed at {tag}.");
        element = tag.Element;
        value = bytes.Slice(8, (int)length);
        bytes = bytes[(8 + (int)length)..];
        return true;
    }

    private static void Number(ref ushort? target, ReadOnlySpan<byte> value, string name)
    {
        if (target is not null)
            throw new InvalidDataException($"The command set has more than one {name}.");
        if (value.Length != 2)
            throw new InvalidDataException($"The {name} has {value.Length} bytes instead of two.");
        target = BinaryPrimitives.ReadUInt16LittleEndian(value);
    }

    private static InvalidDataException Missing(string name) => new($"The command set has no {name}.");

    private static string Text(ReadOnlySpan<byte> value) => PlainText.Clean(Encoding.Latin1.GetString(value).Trim(' ', '\0'));

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
