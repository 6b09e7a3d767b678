using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Unit.Network.Wire;

public class MessageReaderTests
{
    private const int MaxDataset = 8;

    private static readonly byte[] s_echo = Encode(new DimseCommand { Field = CommandField.EchoRequest, MessageId = 7, SopClassUid = "1.2" });
    private static readonly byte[] s_find = Encode(new DimseCommand { Field = CommandField.FindResponse, RespondedTo = 7, HasDataset = true, Status = new(0xFF00) });

    [Fact]
    public async Task Message_without_a_data_set_is_its_command()
    {
        var reader = Reader(Piece(5, 3, s_echo));
        var message = await reader.ReadAsync();
        Assert.Equal((5, CommandField.EchoRequest, 7, null), (message.ContextId, message.Command.Field, message.Command.MessageId, message.Command.SopClassUid));
        Assert.Empty(message.Dataset);
        Assert.Equal(s_echo, reader.LastCommand.ToArray());
        Assert.False(reader.HasRest);
    }

    [Fact]
    public async Task Message_may_come_in_any_pieces()
    {
        var reader = Reader(
            [.. Piece(5, 1, s_find[..3])], [.. Piece(5, 1, s_find[3..9])], [.. Piece(5, 1)], [.. Pdu(4, [.. Pdv(5, 3, s_find[9..]), .. Pdv(5, 0, 1, 2, 3)])],
            [.. Piece(5, 0)], [.. Piece(5, 2, 4, 5)]);
        var message = await reader.ReadAsync();
        Assert.Equal((5, CommandField.FindResponse, 0xFF00), (message.ContextId, message.Command.Field, message.Command.Status.Code));
        Assert.Equal([1, 2, 3, 4, 5], message.Dataset);
        Assert.Equal(s_find, reader.LastCommand.ToArray());
    }

    [Fact]
    public async Task Messages_of_one_PDU_come_one_by_one()
    {
        var reader = Reader(Pdu(4, [.. Pdv(1, 3, s_echo), .. Pdv(3, 3, s_find), .. Pdv(3, 2, 1), .. Pdv(5, 3, s_echo)]));
        Assert.Equal(1, (await reader.ReadAsync()).ContextId);
        Assert.True(reader.HasRest);
        Assert.Equal([1], (await reader.ReadAsync()).Dataset);
        Assert.True(reader.HasRest);
        var last = await reader.ReadAsync();
        Assert.Equal(5, last.ContextId);
        Assert.Empty(last.Dataset);
        Assert.Equal(s_echo, reader.LastCommand.ToArray());
        Assert.False(reader.HasRest);
    }

    /// <summary>Neither of them has one (PS3.7 §9.3.1.2, §9.3.5.2): who says so is not waited for.</summary>
    [Theory]
    [InlineData(CommandField.StoreResponse)]
    [InlineData(CommandField.EchoResponse)]
    public async Task Data_set_that_should_not_be_is_not_waited_for(object field)
    {
        var message = await Reader(Piece(1, 3, Encode(new DimseCommand { Field = (CommandField)field, HasDataset = true }))).ReadAsync();
        Assert.True(message.Command.HasDataset);
        Assert.Empty(message.Dataset);
    }

    [Theory]
    [InlineData(MaxDataset, true)]
    [InlineData(MaxDataset + 1, false)]
    public async Task Data_set_has_a_limit(int length, bool isTaken)
    {
        foreach (var cut in (int[])[0, 4])
        {
            var reader = Reader(Piece(1, 3, s_find), Piece(1, 0, new byte[cut]), Piece(1, 2, new byte[length - cut]));
            if (isTaken)
                Assert.Equal(length, (await reader.ReadAsync()).Dataset.Length);
            else
                await Assert.ThrowsAsync<InvalidDataException>(async () => await reader.ReadAsync());
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Command_has_a_limit(int more, bool isTaken)
    {
        const int limit = 64 * 1024;
        var comment = new byte[limit - s_find.Length - 8 + more];
        byte[] command = [.. s_find, 0, 0, 2, 9, .. BitConverter.GetBytes(comment.Length), .. comment];
        var pieces = command.Chunk(10000).ToArray();
        var reader = Reader([.. pieces.Select((p, i) => Piece(1, (byte)(i == pieces.Length - 1 ? 3 : 1), p)), Piece(1, 2, 1)]);
        if (isTaken)
            Assert.Equal([1], (await reader.ReadAsync()).Dataset);
        else
            Assert.Contains("too long", (await Assert.ThrowsAsync<InvalidDataException>(async () => await reader.ReadAsync())).Message, StringComparison.Ordinal);
    }

    /// <summary>A fragment that comes where another kind, or another context, is due.</summary>
    public static TheoryData<string, byte[][]> Mixed => new()
    {
        { "PDV longer than its PDU does not fit", [Pdu(4, 0, 0, 0, 9, 1, 3)] },
        { "data set that nothing announced", [Piece(1, 2, 1)] },
        { "data set after a command that announces none", [Pdu(4, [.. Pdv(1, 1, s_echo[..4]), .. Pdv(1, 2, 1)])] },
        { "command where a data set is due", [Piece(1, 3, s_find), Piece(1, 3, s_echo)] },
        { "command that goes on on another context", [Piece(1, 1, s_echo[..4]), Piece(3, 3, s_echo[4..])] },
        { "data set on another context", [Piece(1, 3, s_find), Piece(3, 2, 1)] },
        { "data set that goes on on another context", [Piece(1, 3, s_find), Piece(1, 0, 1), Piece(3, 2, 1)] },
    };

    [Theory]
    [MemberData(nameof(Mixed))]
    public async Task Fragments_of_two_messages_are_not_mixed(string flaw, byte[][] pieces)
    {
        var e = await Assert.ThrowsAsync<PduException>(async () => await Reader(pieces).ReadAsync());
        Assert.Equal(6, e.AbortReason);
        Assert.Equal(flaw.EndsWith("does not fit", StringComparison.Ordinal), e.Message.Contains("does not fit", StringComparison.Ordinal));
        Assert.Equal(flaw.StartsWith("command where", StringComparison.Ordinal), e.Message.StartsWith("A command came", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Release_abort_and_end_are_told_apart()
    {
        await Assert.ThrowsAsync<PeerReleasedException>(async () => await Reader(ControlPdu.ReleaseRequest).ReadAsync());
        var abort = await Assert.ThrowsAsync<PeerAbortedException>(async () => await Reader(ControlPdu.Abort(2, 6)).ReadAsync());
        Assert.Equal((2, 6), (abort.AbortSource, abort.Reason));
        await Assert.ThrowsAsync<EndOfStreamException>(async () => await Reader().ReadAsync());
        Assert.Equal(2, (await Assert.ThrowsAsync<PduException>(async () => await Reader(ControlPdu.ReleaseResponse).ReadAsync())).AbortReason);
        Assert.Equal(1, (await Assert.ThrowsAsync<PduException>(async () => await Reader(Pdu(9)).ReadAsync())).AbortReason);
    }

    [Fact]
    public async Task Longest_PDU_is_the_one_that_was_agreed_on()
    {
        var length = (uint)(s_echo.Length + 6);
        using var right = new WireStream(Piece(1, 3, s_echo)).Transport();
        Assert.Equal(7, (await new MessageReader(right, length, MaxDataset).ReadAsync()).Command.MessageId);
        using var longer = new WireStream(Piece(1, 3, s_echo)).Transport();
        await Assert.ThrowsAsync<InvalidDataException>(async () => await new MessageReader(longer, length - 1, MaxDataset).ReadAsync());
    }

    [Fact]
    public async Task Time_limit_is_for_the_whole_message()
    {
        var time = new StandingTime();
        using var transport = new WireStream(Piece(1, 3, s_echo)).Transport(time);
        time.Move(TimeSpan.FromSeconds(2));
        await new MessageReader(transport, 16384, MaxDataset).ReadAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(7000, transport.ReadDeadline);
    }

    private static MessageReader Reader(params byte[][] pieces) => new(new WireStream(pieces).Transport(), 16384, MaxDataset);

    private static byte[] Encode(DimseCommand command)
    {
        var bytes = new byte[DimseCommand.MaxLength];
        return bytes[..command.Encode(bytes)];
    }

    private static byte[] Pdu(byte type, params byte[] body) => RawCaller.Pdu(type, body);

    private static byte[] Pdv(byte context, byte control, params byte[] data) => RawCaller.Pdv(context, control, data);

    private static byte[] Piece(byte context, byte control, params byte[] data) => RawCaller.Piece(context, control, data);
}
