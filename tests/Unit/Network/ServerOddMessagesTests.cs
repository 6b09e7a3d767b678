using System.Buffers.Binary;
using System.Text;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Scp;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Wire;
using static FlywheelDicom.Unit.Network.RawCaller;

namespace FlywheelDicom.Unit.Network;

/// <summary>What makes no sense is answered with an abort, what is merely refused with a status; the next caller is served as ever.</summary>
public sealed class ServerOddMessagesTests
{
    private static readonly string s_longUid = "1." + new string('2', 998);
    private static readonly byte[] s_dataset = [8, 0, 0x16, 0, 2, 0, 0, 0, (byte)'1', 0];

    private static byte[] EchoBytes
    {
        get
        {
            var bytes = new byte[512];
            return bytes[..Echo.Encode(bytes)];
        }
    }

    /// <summary>Encoded here, since our encoder makes no such thing.</summary>
    private static byte[] LongStore()
    {
        var uid = Encoding.ASCII.GetBytes(s_longUid);
        byte[] Element(ushort element, params byte[] value)
        {
            var bytes = new byte[8 + value.Length];
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), element);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), value.Length);
            value.CopyTo(bytes, 8);
            return bytes;
        }
        return [.. Element(2, Encoding.ASCII.GetBytes(StorageClass + '\0')), .. Element(0x100, 1, 0), .. Element(0x110, 9, 0), .. Element(0x800, 0, 0), .. Element(0x1000, uid)];
    }

    private static byte[] Bytes(string what) => what switch
    {
        "PDU without PDV" => Pdu(4),
        "PDV longer than its PDU" => Pdu(4, 0, 0, 0, 99, 1, 3),
        "PDV shorter than its header" => Pdu(4, 0, 0, 0, 1, 1, 3),
        "PDV of length zero" => Pdu(4, 0, 0, 0, 0, 1, 3),
        "fragments without data" => Pdu(4, [.. Enumerable.Repeat(Pdv(1, 1), 64).SelectMany(p => p)]),
        "data set without command" => Piece(3, 2, s_dataset),
        "command over a context that was not asked for" => Command(99, Echo),
        "command over a context that was refused" => Command(5, Echo),
        "empty command" => Piece(1, 3),
        "cut off command" => Piece(1, 3, EchoBytes[..^1]),
        "command fragments over two contexts" => [.. Piece(1, 1, EchoBytes[..8]), .. Piece(3, 3, EchoBytes[8..])],
        "command where a data set is due" => [.. Command(3, Store("1.2.3")), .. Command(1, Echo)],
        "data set over another context" => [.. Command(3, Store("1.2.3")), .. Piece(1, 2, s_dataset)],
        "data set inside a command" => [.. Piece(1, 1, EchoBytes[..8]), .. Piece(1, 2, s_dataset)],
        "response" => Command(1, Echo with { Field = CommandField.StoreResponse }),
        "instance UID of a thousand characters" => Piece(3, 3, LongStore()),
        "command without end" => [.. Enumerable.Repeat(Piece(1, 1, [0, 0, 0x10, 0, 0, 0x10, 0, 0, .. new byte[0x1000]]), 17).SelectMany(p => p)],
        "PDU longer than was agreed" => [4, 0, 0xFF, 0, 0, 0, 1, 2, 3],
        _ => throw new ArgumentException(what),
    };

    [Theory]
    [InlineData("PDU without PDV")]
    [InlineData("PDV longer than its PDU")]
    [InlineData("PDV shorter than its header")]
    [InlineData("PDV of length zero")]
    [InlineData("fragments without data")]
    [InlineData("data set without command")]
    [InlineData("command over a context that was not asked for")]
    [InlineData("command over a context that was refused")]
    [InlineData("empty command")]
    [InlineData("cut off command")]
    [InlineData("command fragments over two contexts")]
    [InlineData("command where a data set is due")]
    [InlineData("data set over another context")]
    [InlineData("data set inside a command")]
    [InlineData("response")]
    [InlineData("instance UID of a thousand characters")]
    [InlineData("command without end")]
    [InlineData("PDU longer than was agreed")]
    public async Task Nonsense_is_answered_with_an_abort(string what)
    {
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink() });
        using var caller = new RawCaller(server);
        await caller.SendAsync(Request(new(1, DicomUID.Verification, ["1.2.840.10008.1.2"]), new(3, StorageClass, ["1.2.840.10008.1.2"]),
            new(5, "1.2.840.10008.5.1.4.1.2.2.1", ["1.2.840.10008.1.2"])).Encode(PduType.AssociateRequest));
        Assert.Equal(2, (await caller.ReadAsync())![0]);
        await caller.SendAsync(Bytes(what));
        Assert.Equal((2, 6), await caller.ReadAbortAsync());
        caller.HangUp();
        Assert.Null(await caller.ReadAsync());
        Assert.Equal(0, server.Instances);
        using var next = await AssociateAsync(server);
        await next.SendAsync(Command(1, Echo));
        Assert.Equal(DicomStatus.Success, (await next.ReadResponseAsync()).Status);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(0, 1)]
    public async Task Context_ids_that_are_even_or_not_unique_are_answered_with_an_abort(byte first, byte second)
    {
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink() });
        using var caller = new RawCaller(server);
        await caller.SendAsync(Request(new(first, DicomUID.Verification, ["1.2.840.10008.1.2"]), new(second, StorageClass, ["1.2.840.10008.1.2"])).Encode(PduType.AssociateRequest));
        Assert.Equal((2, 6), await caller.ReadAbortAsync());
        Assert.Equal(0, server.Associations);
    }

    [Theory]
    [InlineData((byte)4, (byte)2)]
    [InlineData((byte)6, (byte)2)]
    [InlineData((byte)9, (byte)1)]
    public async Task Something_else_than_a_request_is_answered_with_an_abort(byte type, byte reason)
    {
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink() });
        using var caller = new RawCaller(server);
        await caller.SendAsync(Pdu(type, 0, 0, 0, 0));
        Assert.Equal((2, reason), await caller.ReadAbortAsync());
    }

    [Fact]
    public async Task Class_of_a_thousand_characters_is_refused_in_its_context()
    {
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink() });
        PresentationContext[] contexts = [new(1, s_longUid, ["1.2.840.10008.1.2"]), new(3, StorageClass, [s_longUid]), new(5, "1.2/../3", ["1.2.840.10008.1.2"])];
        await using var association = await DicomAssociation.RequestAsync(new DicomDestination { Host = "localhost", Port = server.Port }, contexts, new DicomClientOptions(), default);
        Assert.Equal(
            [PresentationContextResult.AbstractSyntaxNotSupported, PresentationContextResult.TransferSyntaxesNotSupported, PresentationContextResult.AbstractSyntaxNotSupported],
            association.Contexts.Select(c => c.Result));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("..")]
    [InlineData("/tmp/x")]
    [InlineData("1.2.3/4")]
    [InlineData("1.2.3\\4")]
    [InlineData("1.2.3\n4")]
    [InlineData("")]
    public async Task Text_that_is_no_UID_is_refused_and_never_becomes_a_name(string uid)
    {
        var folder = Directory.CreateTempSubdirectory("fwdicom-test");
        try
        {
            var inner = Path.Combine(folder.FullName, "a", "b");
            await using var server = DicomServer.Start(new DicomServerOptions { Sink = new FolderSink(inner) });
            using var caller = await AssociateAsync(server);
            await caller.SendAsync([.. Command(3, Store(uid)), .. Piece(3, 2, s_dataset)]);
            Assert.Equal(DicomStatus.CannotUnderstand, (await caller.ReadResponseAsync()).Status);
            Assert.Empty(folder.GetFiles("*", SearchOption.AllDirectories));
            // The association lives on.
            await caller.SendAsync([.. Command(3, Store("1.2.3")), .. Piece(3, 2, s_dataset)]);
            Assert.Equal(DicomStatus.Success, (await caller.ReadResponseAsync()).Status);
            Assert.Equal(["1.2.3.dcm"], folder.GetFiles("*", SearchOption.AllDirectories).Select(f => f.Name));
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public async Task Store_of_another_class_than_its_context_is_refused()
    {
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink() });
        using var caller = await AssociateAsync(server);
        await caller.SendAsync([.. Command(3, Store("1.2.3", "1.2.840.10008.5.1.4.1.1.2")), .. Piece(3, 2, s_dataset)]);
        Assert.Equal(DicomStatus.SopClassNotSupported, (await caller.ReadResponseAsync()).Status);
        await caller.SendAsync([.. Command(1, Store("1.2.3", DicomUID.Verification)), .. Piece(1, 2, s_dataset)]);
        Assert.Equal(DicomStatus.SopClassNotSupported, (await caller.ReadResponseAsync()).Status);
        Assert.Equal(0, server.Instances);
    }

    [Fact]
    public async Task Store_without_a_data_set_or_with_an_empty_one_is_no_success()
    {
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink() });
        using var caller = await AssociateAsync(server);
        await caller.SendAsync(Command(3, Store("1.2.3") with { HasDataset = false }));
        Assert.Equal(DicomState.Failure, (await caller.ReadResponseAsync()).Status.State);
        await caller.SendAsync([.. Command(3, Store("1.2.3")), .. Piece(3, 2)]);
        Assert.Equal(DicomState.Failure, (await caller.ReadResponseAsync()).Status.State);
        Assert.Equal(0, server.Instances);
    }

    [Fact]
    public async Task Unknown_requests_are_refused_and_a_cancel_is_let_go()
    {
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink() });
        using var caller = await AssociateAsync(server);
        await caller.SendAsync(Command(1, Echo with { Field = (CommandField)0x0777 }));
        var refused = await caller.ReadResponseAsync();
        Assert.Equal((0x8777, 7, DicomStatus.UnrecognizedOperation), ((ushort)refused.Field, refused.RespondedTo, refused.Status));
        await caller.SendAsync([.. Command(1, Echo with { Field = (CommandField)0x0FFF }), .. Command(1, Echo)]);
        var echoed = await caller.ReadResponseAsync();
        Assert.Equal((CommandField.EchoResponse, DicomStatus.Success), (echoed.Field, echoed.Status));
    }

    [Fact]
    public async Task Message_id_that_is_used_again_is_answered_each_time()
    {
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink() });
        using var caller = await AssociateAsync(server);
        await caller.SendAsync([.. Command(3, Store("1.2.3")), .. Piece(3, 2, s_dataset), .. Command(3, Store("1.2.4")), .. Piece(3, 2, s_dataset)]);
        Assert.Equal(("1.2.3", 9), (await caller.ReadResponseAsync() is var first ? (first.SopInstanceUid!, (int)first.RespondedTo) : default));
        Assert.Equal(("1.2.4", 9), (await caller.ReadResponseAsync() is var second ? (second.SopInstanceUid!, (int)second.RespondedTo) : default));
        Assert.Equal(2, server.Instances);
    }
}
