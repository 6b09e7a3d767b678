using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Unit.Network.Scu;

public class ResponseRulesTests
{
    private static readonly DimseCommand s_store = new() { Field = CommandField.StoreRequest, MessageId = 7, HasDataset = true, SopClassUid = "1.2", SopInstanceUid = "1.2.3" };
    private static readonly DimseCommand s_stored = new() { Field = CommandField.StoreResponse, RespondedTo = 7, SopClassUid = "1.2", SopInstanceUid = "1.2.3" };
    private static readonly DimseCommand s_found = s_stored with { Field = CommandField.FindResponse, SopInstanceUid = null };

    /// <summary>What the message says, and a part of what is said of it; null where nothing is wrong.</summary>
    public static TheoryData<string, string?> Stores => new()
    {
        { "success", null },
        { "without UIDs", null },
        { "failure", null },
        { "echo", "answered with command field" },
        { "other context", "over presentation context 5, the request went over 3" },
        { "other class", "another SOP class" },
        { "other instance", "another SOP instance" },
        { "data set", "comes with a data set" },
        { "pending", null },
    };

    [Theory]
    [MemberData(nameof(Stores))]
    public void Response_to_a_store_is_that_and_nothing_else(string what, string? fault)
    {
        var response = what switch
        {
            "without UIDs" => s_stored with { SopClassUid = null, SopInstanceUid = null },
            "failure" => s_stored with { Status = DicomStatus.OutOfResources },
            "echo" => s_stored with { Field = CommandField.EchoResponse },
            "other class" => s_stored with { SopClassUid = "1.3" },
            "other instance" => s_stored with { SopInstanceUid = "1.2.4" },
            "data set" => s_stored with { HasDataset = true },
            "pending" => s_stored with { Status = new(0xFF00) },
            _ => s_stored,
        };
        Matches(fault, Fault(response, new MessageUnderWay(3, s_store) { Progress = MessageProgress.Left }, what == "other context" ? (byte)5 : (byte)3));
    }

    [Theory]
    [InlineData("Sending", 0x0000, "before all of it had been sent")]
    [InlineData("Sending", 0xB000, "before all of it had been sent")]
    [InlineData("Sending", 0xA700, null)]
    [InlineData("Leaving", 0x0000, null)]
    [InlineData("Left", 0x0000, null)]
    public void Only_a_failure_may_come_before_the_end(string progress, ushort status, string? fault)
        => Matches(fault, Fault(s_stored with { Status = new(status) }, new MessageUnderWay(3, s_store) { Progress = Enum.Parse<MessageProgress>(progress) }));

    [Fact]
    public void Nothing_is_answered_twice()
    {
        var request = new MessageUnderWay(3, s_store) { Progress = MessageProgress.Left, Response = new DimseMessage(3, s_stored, []) };
        Matches("answered twice", Fault(s_stored, request));
    }

    /// <summary>Matches come with a data set, the end of a query without (PS3.7 §9.1.2).</summary>
    [Theory]
    [InlineData(0xFF00, true, "Left", null)]
    [InlineData(0xFF01, true, "Left", null)]
    [InlineData(0xFF00, false, "Left", "has no data set")]
    [InlineData(0x0000, false, "Left", null)]
    [InlineData(0x0000, true, "Left", "comes with a data set")]
    [InlineData(0xFF00, true, "Sending", "before all of it had been sent")]
    [InlineData(0xA700, false, "Sending", null)]
    public void Matches_and_the_end_of_a_query_are_told_apart(ushort status, bool hasDataset, string progress, string? fault)
    {
        var request = new MessageUnderWay(3, s_store with { Field = CommandField.FindRequest, SopInstanceUid = null }) { OnPending = _ => true, Progress = Enum.Parse<MessageProgress>(progress) };
        Matches(fault, Fault(s_found with { Status = new(status), HasDataset = hasDataset }, request));
    }

    [Theory]
    [InlineData(CommandField.ActionRequest, CommandField.ActionResponse)]
    [InlineData(CommandField.EventReportRequest, CommandField.EventReportResponse)]
    public void Answer_to_an_action_or_an_event_may_have_a_data_set(object asked, object answered)
        => Matches(null, Fault(s_stored with { Field = (CommandField)answered, HasDataset = true }, new MessageUnderWay(3, s_store with { Field = (CommandField)asked }) { Progress = MessageProgress.Left }));

    [Theory]
    [InlineData(0xFF00, true)]
    [InlineData(0xFF01, true)]
    [InlineData(0xFF02, false)]
    [InlineData(0xFE00, false)]
    [InlineData(0x0000, false)]
    public void Pending_has_two_codes(ushort code, bool expected) => Assert.Equal(expected, ResponseRules.IsPending(new DicomStatus(code)));

    private static string? Fault(DimseCommand response, MessageUnderWay request, byte context = 3)
    {
        var bytes = new byte[DimseCommand.MaxLength];
        return ResponseRules.Fault(new DimseMessage(context, response, []), bytes.AsSpan(0, response.Encode(bytes)), request);
    }

    private static void Matches(string? expected, string? fault)
    {
        if (expected is null)
            Assert.Null(fault);
        else
            Assert.Contains(expected, fault, StringComparison.Ordinal);
    }
}
