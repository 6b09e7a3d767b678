using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Wire;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.Network;

public class MessagesUnderWayTests
{
    private const long Patience = 1000;

    [Fact]
    public void Time_of_a_message_runs_from_when_its_last_byte_left()
    {
        var under = new MessagesUnderWay(2, Patience);
        var (first, second) = (Message(1), Message(2));
        under.Add(first);
        under.Add(second);
        Assert.Equal(long.MaxValue, under.EarliestDeadline);
        under.Left(second, 50);
        Assert.Equal(1050, under.EarliestDeadline);
        under.Left(first, 20);
        Assert.Equal(1020, under.EarliestDeadline);
    }

    [Fact]
    public void Answer_to_another_starts_the_clock_again_but_not_without_end()
    {
        const int window = 4;
        var under = new MessagesUnderWay(window, Patience);
        var starved = Message(1);
        under.Add(starved);
        under.Left(starved, 0);
        var deadline = 0L;
        for (ushort id = 2; id < 20; id++)
        {
            var other = Message(id);
            under.Add(other);
            under.Left(other, id * 100);
            Accept(under, Response(id), id * 100);
            under.Remove(other);
            deadline = under.EarliestDeadline;
        }
        // The three answers that may have stood before it, and no more.
        Assert.Equal(400 + Patience, deadline);
    }

    [Fact]
    public void Failure_may_come_before_a_message_has_left_and_nothing_else()
    {
        var under = new MessagesUnderWay(1, Patience);
        var message = Message(1);
        under.Add(message);
        Assert.Throws<InvalidDataException>(() => Accept(under, Response(1), 0));
        Assert.Throws<InvalidDataException>(() => Accept(under, Response(1) with { Status = new(0xB000) }, 0));
        Accept(under, Response(1) with { Status = DicomStatus.OutOfResources }, 0);
        Assert.Equal(DicomStatus.OutOfResources, under.AnswerTo(message)!.Value.Command.Status);
    }

    /// <summary>It came while the last fragment was handed over; what then was not handed over was not stored.</summary>
    [Fact]
    public void Success_of_a_message_that_never_left_whole_is_no_answer()
    {
        var under = new MessagesUnderWay(1, Patience);
        var message = Message(1);
        under.Add(message);
        under.Leaving(message);
        Accept(under, Response(1), 0);
        Assert.Null(under.AnswerTo(message));
        under.Left(message, 0);
        Assert.NotNull(under.AnswerTo(message));
    }

    [Theory]
    [InlineData("1.2.3\0", true)]
    [InlineData("1.2.3 ", true)]
    [InlineData("1.2.3", true)]
    [InlineData("", true)]
    [InlineData("1.2.30", false)]
    [InlineData("1.2.", false)]
    [InlineData(" 1.2.3", false)]
    public void Padding_of_a_UID_is_not_significant(string given, bool expected)
    {
        byte[] value = System.Text.Encoding.ASCII.GetBytes(given);
        byte[] command = [0, 0, 0, 0x10, (byte)value.Length, 0, 0, 0, .. value];
        Assert.Equal(expected, DimseCommand.Repeats(command, 0x1000, "1.2.3"));
    }

    private static MessageUnderWay Message(ushort id)
        => new(1, new DimseCommand { Field = CommandField.StoreRequest, MessageId = id, HasDataset = true, SopClassUid = SyntheticInstance.CTImage, SopInstanceUid = "1.2.3" });

    private static DimseCommand Response(ushort id) => new() { Field = CommandField.StoreResponse, RespondedTo = id, SopClassUid = SyntheticInstance.CTImage, SopInstanceUid = "1.2.3" };

    private static void Accept(MessagesUnderWay under, DimseCommand response, long now)
    {
        var bytes = new byte[DimseCommand.MaxLength];
        var length = response.Encode(bytes);
        under.Accept(new DimseMessage(1, response, []), bytes.AsSpan(0, length), now);
    }
}
