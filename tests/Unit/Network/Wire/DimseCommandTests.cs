using System.Text;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Unit.Network.Wire;

/// <summary>Command sets, byte by byte (PS3.7 §6.3, §9.3, §10.3, Annex E).</summary>
public class DimseCommandTests
{
    private static readonly byte[] s_dataset = US(0x0800, 0);
    private static readonly byte[] s_noDataset = US(0x0800, 0x0101);

    [Fact]
    public void Store_request_has_these_bytes() => Same(
        new DimseCommand { Field = CommandField.StoreRequest, MessageId = 0x0302, HasDataset = true, SopClassUid = "1.2.34", SopInstanceUid = "1.2.3" },
        Element(0x0002, Ascii("1.2.34")), US(0x0100, 1), US(0x0110, 0x0302), US(0x0700, 0), s_dataset, Element(0x1000, Ascii("1.2.3\0")));

    [Fact]
    public void Echo_request_has_these_bytes() => Same(
        new DimseCommand { Field = CommandField.EchoRequest, MessageId = 7, SopClassUid = "1.2" }, Element(0x0002, Ascii("1.2\0")), US(0x0100, 0x30), US(0x0110, 7), s_noDataset);

    [Fact]
    public void Find_request_has_a_priority() => Same(
        new DimseCommand { Field = CommandField.FindRequest, MessageId = 7, HasDataset = true }, US(0x0100, 0x20), US(0x0110, 7), US(0x0700, 0), s_dataset);

    [Fact]
    public void Response_has_a_status_and_the_message_it_responds_to() => Same(
        new DimseCommand { Field = CommandField.StoreResponse, MessageId = 9, RespondedTo = 5, Status = new(0xA702), ErrorComment = "bad", SopInstanceUid = "1.22" },
        US(0x0100, 0x8001), US(0x0120, 5), s_noDataset, US(0x0900, 0xA702), Element(0x0902, Ascii("bad ")), Element(0x1000, Ascii("1.22")));

    [Fact]
    public void Action_names_what_is_requested() => Same(
        new DimseCommand { Field = CommandField.ActionRequest, MessageId = 1, HasDataset = true, SopClassUid = "1.24", SopInstanceUid = "1.23", TypeId = 1 },
        Element(0x0003, Ascii("1.24")), US(0x0100, 0x130), US(0x0110, 1), s_dataset, Element(0x1001, Ascii("1.23")), US(0x1008, 1));

    [Fact]
    public void Answer_to_an_action_names_what_is_affected() => Same(
        new DimseCommand { Field = CommandField.ActionResponse, RespondedTo = 1, SopClassUid = "1.24", SopInstanceUid = "1.23", TypeId = 1 },
        Element(0x0002, Ascii("1.24")), US(0x0100, 0x8130), US(0x0120, 1), s_noDataset, US(0x0900, 0), Element(0x1000, Ascii("1.23")), US(0x1008, 1));

    [Fact]
    public void Event_has_its_own_type() => Same(
        new DimseCommand { Field = CommandField.EventReportRequest, MessageId = 1, HasDataset = true, TypeId = 2 }, US(0x0100, 0x100), US(0x0110, 1), s_dataset, US(0x1002, 2));

    [Theory]
    [InlineData(63, 64)]
    [InlineData(64, 64)]
    [InlineData(65, 64)]
    public void Comment_is_cut_where_its_VR_ends(int given, int expected)
    {
        var command = new DimseCommand { Field = CommandField.EchoResponse, ErrorComment = new string('x', given) };
        byte[] value = [.. Ascii(new string('x', Math.Min(given, 64))), .. Ascii(new string(' ', expected - Math.Min(given, 64)))];
        Same(command, US(0x0100, 0x8030), US(0x0120, 0), s_noDataset, US(0x0900, 0), Element(0x0902, value));
    }

    [Fact]
    public void All_of_a_response_is_read()
    {
        var read = DimseCommand.Decode(
        [
            .. Element(0x0000, [1, 0, 0, 0]), .. Element(0x0002, Ascii("1.2\0")), .. US(0x0100, 0x8001), .. US(0x0120, 0x0201), .. s_dataset, .. US(0x0900, 0xB000),
            .. Element(0x0901, [0x10, 0, 0x20, 0, 0x08, 0, 0x18, 0, 1, 2, 3]), .. Element(0x0902, Ascii(" disk full ")), .. Element(0x1000, Ascii("1.2.3 ")),
        ]);
        Assert.Equal((CommandField.StoreResponse, 0, 0x0201, true, 0xB000, "1.2", "1.2.3", null, "disk full"),
            (read.Field, read.MessageId, read.RespondedTo, read.HasDataset, read.Status.Code, read.SopClassUid, read.SopInstanceUid, read.TypeId, read.ErrorComment));
        Assert.Equal([new DicomTag(0x10, 0x20), new DicomTag(0x08, 0x18)], read.OffendingElements!);
        Assert.True(read.IsResponse);
    }

    [Theory]
    [InlineData(0x0002, 0x1000, 0x1002)]
    [InlineData(0x0003, 0x1001, 0x1008)]
    public void All_of_a_request_is_read(ushort sopClass, ushort instance, ushort type)
    {
        byte[] bytes = [.. Element(sopClass, Ascii("1.2")), .. US(0x0100, 0x0130), .. US(0x0110, 0x0201), .. s_noDataset, .. Element(instance, Ascii("1.4")), .. US(type, 0x0102)];
        var read = DimseCommand.Decode(bytes);
        Assert.Equal((CommandField.ActionRequest, 0x0201, 0, false, "1.2", "1.4", (ushort?)0x0102),
            (read.Field, read.MessageId, read.RespondedTo, read.HasDataset, read.SopClassUid, read.SopInstanceUid, read.TypeId));
        Assert.Equal((null, null, false), (read.ErrorComment, read.OffendingElements, read.IsResponse));
        var bare = DimseCommand.DecodeWithoutUids(bytes);
        Assert.Equal((null, null, CommandField.ActionRequest, (ushort?)0x0102), (bare.SopClassUid, bare.SopInstanceUid, bare.Field, bare.TypeId));
    }

    public static TheoryData<string, byte[]> Refused => new()
    {
        { "no command field", [.. US(0x0110, 1), .. s_noDataset] },
        { "no data set type", [.. US(0x0100, 1), .. US(0x0110, 1)] },
        { "a request without an ID", [.. US(0x0100, 1), .. s_noDataset] },
        { "a response without a status", [.. US(0x0100, 0x8001), .. US(0x0120, 1), .. s_noDataset] },
        { "a response without the ID of its request", [.. US(0x0100, 0x8001), .. US(0x0110, 1), .. s_noDataset, .. US(0x0900, 0)] },
        { "two command fields", [.. US(0x0100, 1), .. US(0x0100, 1), .. US(0x0110, 1), .. s_noDataset] },
        { "two IDs", [.. US(0x0100, 1), .. US(0x0110, 1), .. US(0x0110, 1), .. s_noDataset] },
        { "two IDs responded to", [.. US(0x0100, 0x8001), .. US(0x0120, 1), .. US(0x0120, 1), .. s_noDataset, .. US(0x0900, 0)] },
        { "two data set types", [.. US(0x0100, 1), .. US(0x0110, 1), .. s_noDataset, .. s_noDataset] },
        { "two statuses", [.. US(0x0100, 0x8001), .. US(0x0120, 1), .. s_noDataset, .. US(0x0900, 0), .. US(0x0900, 0)] },
        { "two types", [.. US(0x0100, 0x130), .. US(0x0110, 1), .. s_noDataset, .. US(0x1002, 1), .. US(0x1008, 1)] },
        { "a number of four bytes", [.. US(0x0100, 1), .. Element(0x0110, [1, 0, 0, 0]), .. s_noDataset] },
        { "a number of one byte", [.. US(0x0100, 1), .. Element(0x0110, [1]), .. s_noDataset] },
        { "another group", [.. US(0x0100, 1), .. US(0x0110, 1), .. s_noDataset, 8, 0, 0, 0, 0, 0, 0, 0] },
        { "more promised than there is", [.. US(0x0100, 1), .. US(0x0110, 1), .. s_noDataset, 0, 0, 2, 0, 1, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Set_with_a_flaw_is_refused(string flaw, byte[] bytes)
    {
        Assert.NotEmpty(flaw);
        Assert.Throws<InvalidDataException>(() => DimseCommand.Decode(bytes));
        Assert.Throws<InvalidDataException>(() => DimseCommand.DecodeWithoutUids(bytes));
    }

    [Fact]
    public void Each_shorter_set_is_refused()
    {
        byte[] bytes = [.. US(0x0100, 1), .. US(0x0110, 1), .. s_noDataset];
        DimseCommand.Decode(bytes);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => DimseCommand.Decode(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void Empty_value_may_be_the_last()
        => Assert.Equal("", DimseCommand.Decode([.. US(0x0100, 1), .. US(0x0110, 1), .. s_noDataset, .. Element(0x1000, [])]).SopInstanceUid);

    [Fact]
    public void Cancel_has_no_ID_of_its_own()
    {
        var read = DimseCommand.Decode([.. US(0x0100, 0x0FFF), .. US(0x0120, 4), .. s_noDataset]);
        Assert.Equal((CommandField.CancelRequest, 4, false), (read.Field, read.RespondedTo, read.IsResponse));
    }

    [Theory]
    [InlineData(CommandField.EventReportRequest, true, 1, true)]
    [InlineData(CommandField.EventReportRequest, true, 2, true)]
    [InlineData(CommandField.EventReportRequest, true, 3, false)]
    [InlineData(CommandField.EventReportRequest, true, null, false)]
    [InlineData(CommandField.EventReportRequest, false, 1, false)]
    [InlineData(CommandField.ActionRequest, true, 1, false)]
    public void Report_of_commitment_is_told_from_others(object field, bool hasDataset, int? type, bool expected)
        => Assert.Equal(expected, new DimseCommand { Field = (CommandField)field, HasDataset = hasDataset, TypeId = (ushort?)type }.IsCommitmentReport);

    [Theory]
    [InlineData(0x1000, "1.2.3", true)]
    [InlineData(0x1000, "1.2.4", false)]
    [InlineData(0x1000, null, false)]
    [InlineData(0x0002, "1.2", true)]
    [InlineData(0x0002, "1.2.3", false)]
    [InlineData(0x1001, "9", true)]
    public void UID_that_is_given_must_be_the_right_one(ushort element, string? uid, bool expected)
        => Assert.Equal(expected, DimseCommand.Repeats([.. Element(0x0002, Ascii("1.2\0")), .. US(0x0100, 1), .. Element(0x1000, Ascii("1.2.3\0"))], element, uid));

    [Fact]
    public void Each_of_two_UIDs_must_be_the_right_one()
        => Assert.False(DimseCommand.Repeats([.. Element(0x1000, Ascii("1.2 ")), .. Element(0x1000, Ascii("1.3 "))], 0x1000, "1.2"));

    private static void Same(DimseCommand command, params byte[][] elements)
    {
        byte[] body = [.. elements.SelectMany(e => e)];
        byte[] expected = [.. Element(0x0000, BitConverter.GetBytes(body.Length)), .. body];
        var target = Enumerable.Repeat((byte)0xEE, DimseCommand.MaxLength).ToArray();
        var length = command.Encode(target);
        Assert.Equal(expected, target[..length]);
        Assert.All(target[length..], b => Assert.Equal(0xEE, b));
    }

    private static byte[] US(ushort element, ushort value) => Element(element, [(byte)value, (byte)(value >> 8)]);

    private static byte[] Element(ushort element, byte[] value) => [0, 0, (byte)element, (byte)(element >> 8), (byte)value.Length, 0, 0, 0, .. value];

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
