using System.Buffers.Binary;
using System.Text;

namespace FlywheelDicom.Network.Wire;

/// <summary>A-ASSOCIATE-RQ and A-ASSOCIATE-AC, which have the same structure (PS3.8 §9.3.2, §9.3.3).</summary>
internal sealed record AssociationPdu
{
    private const int FixedSize = 68;

    public required string CalledAE { get; init; }
    public required string CallingAE { get; init; }
    public required IReadOnlyList<PresentationContext> Contexts { get; init; }
    public ushort ProtocolVersion { get; init; } = 1;
    public string ApplicationContext { get; init; } = DicomUID.ApplicationContext;

    /// <summary>The longest P-DATA-TF that the sender of this takes; 0 means no limit.</summary>
    public uint MaxPduLength { get; init; }
    public string ImplementationClassUid { get; init; } = DicomUID.ImplementationClass;
    public string ImplementationVersion { get; init; } = DicomUID.ImplementationVersion;

    /// <summary>How many operations the requestor may have under way at once (PS3.7 §D.3.3.3); 0 means no limit.</summary>
    public ushort MaxOperations { get; init; } = 1;

    /// <summary>Roles other than the usual ones, requestor SCU and acceptor SCP.</summary>
    public IReadOnlyList<RoleSelection> Roles { get; init; } = [];

    public byte[] Encode(PduType type)
    {
        var body = new MemoryStream();
        body.Write([(byte)type, 0, 0, 0, 0, 0]);
        WriteUInt16(body, ProtocolVersion);
        WriteUInt16(body, 0);
        body.Write(Encoding.ASCII.GetBytes(CalledAE.PadRight(16)));
        body.Write(Encoding.ASCII.GetBytes(CallingAE.PadRight(16)));
        body.Write(new byte[32]);
        WriteItem(body, 0x10, Encoding.ASCII.GetBytes(ApplicationContext));
        foreach (var context in Contexts)
            WriteItem(body, type == PduType.AssociateRequest ? (byte)0x20 : (byte)0x21, Encode(context, type));
        WriteItem(body, 0x50, EncodeUserInformation());
        var pdu = body.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(2), (uint)(pdu.Length - 6));
        return pdu;
    }

    /// <param name="body">What follows the PDU's six header bytes.</param>
    /// <param name="type">Request or accept.</param>
    /// <exception cref="InvalidDataException">The items are malformed.</exception>
    public static AssociationPdu Decode(ReadOnlySpan<byte> body, PduType type)
    {
        if (body.Length < FixedSize)
            throw new InvalidDataException("The association PDU is too short.");
        var pdu = new AssociationPdu
        {
            ProtocolVersion = BinaryPrimitives.ReadUInt16BigEndian(body), CalledAE = Text(body.Slice(4, 16)), CallingAE = Text(body.Slice(20, 16)),
            Contexts = [], ApplicationContext = "", ImplementationClassUid = "", ImplementationVersion = "",
        };
        var contexts = new List<PresentationContext>();
        for (var items = body[FixedSize..]; !items.IsEmpty;)
        {
            var (kind, content) = NextItem(ref items);
            switch (kind)
            {
                case 0x10:
                    pdu = pdu with { ApplicationContext = Text(content) };
                    break;
                case 0x20 or 0x21 when contexts.Count < 256:
                    contexts.Add(DecodeContext(content, type));
                    break;
                case 0x50:
                    pdu = DecodeUserInformation(content, pdu);
                    break;
            }
        }
        return pdu with { Contexts = contexts };
    }

    private static byte[] Encode(PresentationContext context, PduType type)
    {
        var body = new MemoryStream();
        var isRequest = type == PduType.AssociateRequest;
        body.Write([context.Id, 0, isRequest ? (byte)0 : (byte)context.Result, 0]);
        if (isRequest)
        {
            WriteItem(body, 0x30, Encoding.ASCII.GetBytes(context.AbstractSyntax));
            foreach (var syntax in context.TransferSyntaxes)
                WriteItem(body, 0x40, Encoding.ASCII.GetBytes(syntax));
        }
        else
            WriteItem(body, 0x40, Encoding.ASCII.GetBytes(context.AcceptedTransferSyntax ?? DicomTransferSyntax.ImplicitVRLittleEndian.Uid));
        return body.ToArray();
    }

    private static PresentationContext DecodeContext(ReadOnlySpan<byte> content, PduType type)
    {
        if (content.Length < 4)
            throw new InvalidDataException("A presentation context item is too short.");
        var (id, result) = (content[0], content[2]);
        var abstractSyntax = "";
        var syntaxes = new List<string>();
        for (var items = content[4..]; !items.IsEmpty;)
        {
            var (kind, value) = NextItem(ref items);
            if (kind == 0x30)
                abstractSyntax = Text(value);
            else if (kind == 0x40)
                syntaxes.Add(Text(value));
        }
        if (type == PduType.AssociateRequest)
            return new PresentationContext(id, abstractSyntax, syntaxes);
        return new PresentationContext(id, "", [])
        {
            Result = result <= 4 ? (PresentationContextResult)result : PresentationContextResult.NoReason,
            AcceptedTransferSyntax = result == 0 ? syntaxes.FirstOrDefault() : null,
        };
    }

    private byte[] EncodeUserInformation()
    {
        var body = new MemoryStream();
        var length = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(length, MaxPduLength);
        // In ascending order: old peers expect it.
        WriteItem(body, 0x51, length);
        WriteItem(body, 0x52, Encoding.ASCII.GetBytes(ImplementationClassUid));
        if (MaxOperations != 1)
            WriteItem(body, 0x53, [(byte)(MaxOperations >> 8), (byte)MaxOperations, 0, 1]);
        foreach (var role in Roles)
            WriteItem(body, 0x54, [0, (byte)role.SopClassUid.Length, .. Encoding.ASCII.GetBytes(role.SopClassUid), role.IsScu ? (byte)1 : (byte)0, role.IsScp ? (byte)1 : (byte)0]);
        WriteItem(body, 0x55, Encoding.ASCII.GetBytes(ImplementationVersion));
        return body.ToArray();
    }

    private static AssociationPdu DecodeUserInformation(ReadOnlySpan<byte> content, AssociationPdu pdu)
    {
        for (var items = content; !items.IsEmpty;)
        {
            var (kind, value) = NextItem(ref items);
            pdu = kind switch
            {
                0x51 when value.Length == 4 => pdu with { MaxPduLength = BinaryPrimitives.ReadUInt32BigEndian(value) },
                0x52 => pdu with { ImplementationClassUid = Text(value) },
                0x53 when value.Length == 4 => pdu with { MaxOperations = BinaryPrimitives.ReadUInt16BigEndian(value) },
                0x54 when DecodeRole(value) is { } role && pdu.Roles.Count < 256 => pdu with { Roles = [.. pdu.Roles, role] },
                0x55 => pdu with { ImplementationVersion = Text(value) },
                _ => pdu,
            };
        }
        return pdu;
    }

    private static RoleSelection? DecodeRole(ReadOnlySpan<byte> value)
    {
        if (value.Length < 4)
            return null;
        var length = BinaryPrimitives.ReadUInt16BigEndian(value);
        return length + 4 == value.Length ? new RoleSelection(Text(value.Slice(2, length)), value[^2] == 1, value[^1] == 1) : null;
    }

    private static (byte Kind, byte[] Content) NextItem(ref ReadOnlySpan<byte> items)
    {
        if (items.Length < 4)
            throw new InvalidDataException("An item of the association PDU is cut off.");
        var length = BinaryPrimitives.ReadUInt16BigEndian(items[2..]);
        if (items.Length < 4 + length)
            throw new InvalidDataException("An item of the association PDU promises more bytes than there are.");
        var kind = items[0];
        var content = items.Slice(4, length).ToArray();
        items = items[(4 + length)..];
        return (kind, content);
    }

    private static void WriteItem(MemoryStream target, byte kind, ReadOnlySpan<byte> content)
    {
        target.Write([kind, 0]);
        WriteUInt16(target, (ushort)content.Length);
        target.Write(content);
    }

    private static void WriteUInt16(MemoryStream target, ushort value) => target.Write([(byte)(value >> 8), (byte)value]);

    private static string Text(ReadOnlySpan<byte> bytes) => PlainText.Clean(Encoding.Latin1.GetString(bytes).Trim(' ', '\0'));
}
