using System.Text;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Unit.Network.Wire;

/// <summary>A-ASSOCIATE-RQ and -AC, byte by byte (PS3.8 §9.3.2, §9.3.3, Annex D; PS3.7 Annex D.3.3).</summary>
public class AssociationPduTests
{
    private const string Class = "1.2.840.10008.5.1.4.1.1.2";
    private const string Explicit = "1.2.840.10008.1.2.1";
    private const string Implicit = "1.2.840.10008.1.2";

    [Fact]
    public void Request_has_these_bytes()
    {
        var pdu = new AssociationPdu
        {
            CalledAE = "PACS", CallingAE = "SENDER", MaxPduLength = 0x01020304, ImplementationClassUid = "1.2.3", ImplementationVersion = "V1", MaxOperations = 0x0203,
            Contexts = [new(1, Class, [Explicit, Implicit]), new(3, "1.2", [])],
            Roles = [new("1.2.4", true, false), new("1.2.5", false, true)],
        };
        byte[] items =
        [
            .. Item(0x10, Ascii("1.2.840.10008.3.1.1.1")),
            .. Item(0x20, [1, 0, 0, 0, .. Item(0x30, Ascii(Class)), .. Item(0x40, Ascii(Explicit)), .. Item(0x40, Ascii(Implicit))]),
            .. Item(0x20, [3, 0, 0, 0, .. Item(0x30, Ascii("1.2"))]),
            .. Item(0x50,
            [
                .. Item(0x51, [1, 2, 3, 4]), .. Item(0x52, Ascii("1.2.3")), .. Item(0x53, [2, 3, 0, 1]),
                .. Item(0x54, [0, 5, .. Ascii("1.2.4"), 1, 0]), .. Item(0x54, [0, 5, .. Ascii("1.2.5"), 0, 1]), .. Item(0x55, Ascii("V1")),
            ]),
        ];
        Assert.Equal(Whole(1, Head("PACS", "SENDER"), items), pdu.Encode(PduType.AssociateRequest));
    }

    [Fact]
    public void Accept_has_these_bytes()
    {
        var pdu = new AssociationPdu
        {
            CalledAE = "PACS", CallingAE = "SENDER", MaxPduLength = 16384, ImplementationClassUid = "1.2.3", ImplementationVersion = "V1",
            Contexts =
            [
                new(1, "", []) { Result = PresentationContextResult.Accepted, AcceptedTransferSyntax = Explicit },
                new(3, "", []) { Result = PresentationContextResult.AbstractSyntaxNotSupported },
            ],
        };
        byte[] items =
        [
            .. Item(0x10, Ascii("1.2.840.10008.3.1.1.1")),
            .. Item(0x21, [1, 0, 0, 0, .. Item(0x40, Ascii(Explicit))]),
            .. Item(0x21, [3, 0, 3, 0, .. Item(0x40, Ascii(Implicit))]),
            .. Item(0x50, [.. Item(0x51, [0, 0, 0x40, 0]), .. Item(0x52, Ascii("1.2.3")), .. Item(0x55, Ascii("V1"))]),
        ];
        Assert.Equal(Whole(2, Head("PACS", "SENDER"), items), pdu.Encode(PduType.AssociateAccept));
    }

    [Fact]
    public void Request_is_read_as_it_was_written()
    {
        var given = new AssociationPdu
        {
            CalledAE = "PACS", CallingAE = "SENDER", MaxPduLength = 70000, ImplementationClassUid = "1.2.3", ImplementationVersion = "V1", MaxOperations = 300, ProtocolVersion = 0x0103,
            Contexts = [new(1, Class, [Explicit, Implicit, .. Enumerable.Repeat("1.2.840.10008.1.2.4.90", 20)]), new(255, "1.2", [])],
            Roles = [new("1.2.4", true, false), new("1.2.5", false, true)],
        };
        var read = AssociationPdu.Decode(given.Encode(PduType.AssociateRequest).AsSpan(6), PduType.AssociateRequest);
        Assert.Equal(("PACS", "SENDER", 70000u, "1.2.3", "V1", (ushort)300, (ushort)0x0103),
            (read.CalledAE, read.CallingAE, read.MaxPduLength, read.ImplementationClassUid, read.ImplementationVersion, read.MaxOperations, read.ProtocolVersion));
        Assert.Equal(DicomUID.ApplicationContext, read.ApplicationContext);
        Assert.Equal([(1, Class), (255, "1.2")], read.Contexts.Select(c => ((int)c.Id, c.AbstractSyntax)));
        Assert.Equal(given.Contexts[0].TransferSyntaxes, read.Contexts[0].TransferSyntaxes);
        Assert.Empty(read.Contexts[1].TransferSyntaxes);
        Assert.Equal(given.Roles, read.Roles);
    }

    [Theory]
    [InlineData(0, PresentationContextResult.Accepted, Explicit)]
    [InlineData(1, PresentationContextResult.UserRejection, null)]
    [InlineData(2, PresentationContextResult.NoReason, null)]
    [InlineData(3, PresentationContextResult.AbstractSyntaxNotSupported, null)]
    [InlineData(4, PresentationContextResult.TransferSyntaxesNotSupported, null)]
    [InlineData(5, PresentationContextResult.NoReason, null)]
    [InlineData(255, PresentationContextResult.NoReason, null)]
    public void Answer_for_a_context_is_read(byte result, object expected, string? syntax)
    {
        var read = Decode(PduType.AssociateAccept, Item(0x21, [7, 9, result, 9, .. Item(0x30, Ascii("1.9")), .. Item(0x40, Ascii(Explicit)), .. Item(0x40, Ascii(Implicit))]));
        var context = Assert.Single(read.Contexts);
        Assert.Equal((7, "", (PresentationContextResult)expected, syntax), (context.Id, context.AbstractSyntax, context.Result, context.AcceptedTransferSyntax));
        Assert.Empty(context.TransferSyntaxes);
        Assert.Equal(result == 0, context.IsAccepted);
    }

    [Fact]
    public void Accepted_context_without_a_syntax_has_none() => Assert.Null(Decode(PduType.AssociateAccept, Item(0x21, [1, 0, 0, 0])).Contexts[0].AcceptedTransferSyntax);

    /// <summary>What the standard does not know, or what has not its length, is passed over.</summary>
    [Fact]
    public void Odd_items_are_passed_over()
    {
        var read = Decode(PduType.AssociateRequest,
            Item(0x99, [1, 2, 3]),
            Item(0x20, [1, 0, 0, 0, .. Item(0x77, [1]), .. Item(0x30, Ascii("1.2"))]),
            Item(0x50,
            [
                .. Item(0x51, [0, 0, 1]), .. Item(0x51, [0, 0, 1, 0, 0]), .. Item(0x53, [0, 9]), .. Item(0x53, [0, 9, 0, 1, 0]), .. Item(0x5F, [1]),
                .. Item(0x54, []), .. Item(0x54, [0, 0, 1]), .. Item(0x54, [0, 2, .. Ascii("1.2"), 1, 1]), .. Item(0x54, [0, 4, .. Ascii("1.2"), 1, 1]),
                .. Item(0x54, [0, 0, 2, 1]),
            ]), Item(0x98, []));
        Assert.Equal((0u, (ushort)1, "", "", ""), (read.MaxPduLength, read.MaxOperations, read.ApplicationContext, read.ImplementationClassUid, read.ImplementationVersion));
        Assert.Equal("1.2", Assert.Single(read.Contexts).AbstractSyntax);
        Assert.Equal(new RoleSelection("", false, true), Assert.Single(read.Roles));
    }

    [Fact]
    public void Number_of_contexts_and_roles_is_limited()
    {
        var contexts = Enumerable.Range(0, 257).SelectMany(i => Item(0x20, [(byte)i, 0, 0, 0])).ToArray();
        var roles = Enumerable.Range(0, 257).SelectMany(i => Item(0x54, [0, 1, (byte)'1', 1, 1])).ToArray();
        var read = Decode(PduType.AssociateRequest, contexts, Item(0x50, roles));
        Assert.Equal((256, 256), (read.Contexts.Count, read.Roles.Count));
    }

    [Fact]
    public void Text_loses_its_padding()
    {
        byte[] body = [0, 1, 0, 0, .. Ascii(" PACS           "), .. Ascii("SENDER\0\0\0\0\0\0\0\0\0\0"), .. new byte[32], .. Item(0x10, Ascii("1.2\0")), .. Item(0x50, Item(0x55, Ascii(" V1 ")))];
        var read = AssociationPdu.Decode(body, PduType.AssociateRequest);
        Assert.Equal(("PACS", "SENDER", "1.2", "V1", 1), (read.CalledAE, read.CallingAE, read.ApplicationContext, read.ImplementationVersion, read.ProtocolVersion));
    }

    [Fact]
    public void Each_shorter_one_ends_between_two_items_or_is_refused()
    {
        byte[] body = [.. Head("PACS", "SENDER"), .. Item(0x10, Ascii("1.2")), .. Item(0x20, [1, 0, 0, 0, .. Item(0x30, Ascii("1.2"))]), .. Item(0x50, Item(0x51, [0, 0, 1, 0]))];
        int[] whole = [68, 75, 90, 102];
        for (var length = 0; length <= body.Length; length++)
        {
            var cut = body[..length];
            if (whole.Contains(length))
                AssociationPdu.Decode(cut, PduType.AssociateRequest);
            else
                Assert.Throws<InvalidDataException>(() => AssociationPdu.Decode(cut, PduType.AssociateRequest));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Context_without_its_fixed_bytes_is_refused(int length)
        => Assert.Throws<InvalidDataException>(() => Decode(PduType.AssociateRequest, Item(0x20, new byte[length])));

    private static AssociationPdu Decode(PduType type, params byte[][] items) => AssociationPdu.Decode([.. Head("A", "B"), .. items.SelectMany(i => i)], type);

    private static byte[] Head(string called, string calling) => [0, 1, 0, 0, .. Ascii(called.PadRight(16)), .. Ascii(calling.PadRight(16)), .. new byte[32]];

    private static byte[] Whole(byte type, byte[] head, byte[] items) => [type, 0, 0, 0, (byte)((head.Length + items.Length) >> 8), (byte)(head.Length + items.Length), .. head, .. items];

    private static byte[] Item(byte kind, byte[] content) => [kind, 0, (byte)(content.Length >> 8), (byte)content.Length, .. content];

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
