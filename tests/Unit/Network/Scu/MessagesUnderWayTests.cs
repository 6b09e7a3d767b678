using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Wire;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.Network.Scu;

public class MessagesUnderWayTests
{
    private const long ResponseTime = 1000;

    [Fact]
    public void Time_of_a_message_runs_from_when_its_last_byte_left()
    {
        var under = new MessagesUnderWay(2, ResponseTime);
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
    public void Messages_are_counted_by_how_far_they_have_got()
    {
        var under = new MessagesUnderWay(3, ResponseTime);
        void Is(bool isEmpty, bool isSingle, int unanswered, bool isDue)
            => Assert.Equal((isEmpty, isSingle, unanswered, isDue), (under.IsEmpty, under.IsSingle, under.Unanswered, under.IsAnswerDue));
        Is(true, false, 0, false);
        var (first, second) = (Message(1), Message(2));
        under.Add(first);
        Is(false, true, 1, false);
        under.Leaving(first);
        Is(false, true, 1, false);
        under.Left(first, 10);
        Is(false, true, 1, true);
        under.Add(second);
        Is(false, false, 2, true);
        Accept(under, Response(1), 20);
        Is(false, false, 1, false);
        Assert.Equal(long.MaxValue, under.EarliestDeadline);
        under.Remove(first);
        Is(false, true, 1, false);
        under.Remove(second);
        Is(true, false, 0, false);
    }

    [Fact]
    public void Response_to_nothing_is_none()
    {
        var under = new MessagesUnderWay(1, ResponseTime);
        Assert.Throws<InvalidDataException>(() => Accept(under, Response(1), 0));
        under.Add(Message(2));
        Assert.Throws<InvalidDataException>(() => Accept(under, Response(1), 0));
        Assert.Throws<InvalidDataException>(() => Accept(under, Response(2) with { SopInstanceUid = "1.2.4" }, 0));
    }

    /// <summary>A match that brings something new gives the query more time; one that repeats another does not.</summary>
    [Fact]
    public void Matches_are_handed_over_and_new_ones_give_more_time()
    {
        var under = new MessagesUnderWay(1, ResponseTime);
        var seen = new List<int>();
        var query = new MessageUnderWay(1, new DimseCommand { Field = CommandField.FindRequest, MessageId = 1, HasDataset = true }) { OnPending = m => { seen.Add(m.ContextId); return seen.Count == 1; } };
        under.Add(query);
        under.Left(query, 0);
        var match = new DimseCommand { Field = CommandField.FindResponse, RespondedTo = 1, HasDataset = true, Status = new(0xFF00) };
        Accept(under, match, 100);
        Assert.Equal(100 + ResponseTime, under.EarliestDeadline);
        Accept(under, match, 200);
        Assert.Equal(100 + ResponseTime, under.EarliestDeadline);
        Assert.Null(under.AnswerTo(query));
        Accept(under, match with { Status = DicomStatus.Success, HasDataset = false }, 300);
        Assert.Equal((2, DicomStatus.Success), (seen.Count, under.AnswerTo(query)!.Value.Command.Status));
    }

    [Fact]
    public void Only_messages_that_have_left_get_more_time_by_answers_to_others()
    {
        var under = new MessagesUnderWay(3, ResponseTime);
        var (first, second, third) = (Message(1), Message(2), Message(3));
        foreach (var message in (MessageUnderWay[])[first, second, third])
            under.Add(message);
        under.Left(first, 0);
        under.Left(second, 5);
        Accept(under, Response(1), 100);
        Assert.Equal((1000, 1100, long.MaxValue), (first.Deadline, second.Deadline, third.Deadline));
        Assert.Equal((0, 1, 0), (first.Extensions, second.Extensions, third.Extensions));
    }

    [Theory]
    [InlineData("Sending", 0x0000, false)]
    [InlineData("Leaving", 0xB000, false)]
    [InlineData("Leaving", 0xA700, true)]
    [InlineData("Left", 0x0000, true)]
    public void Response_counts_once_it_can_be_true(string progress, ushort status, bool counts)
    {
        var message = Message(1);
        message.Progress = Enum.Parse<MessageProgress>(progress);
        Assert.Null(message.Answer);
        message.Response = new DimseMessage(1, Response(1) with { Status = new(status) }, []);
        Assert.Equal(counts, message.Answer is not null);
        Assert.Equal(progress == "Left", message.WasDatasetSent);
        Assert.False(new MessageUnderWay(1, new DimseCommand()) { Progress = MessageProgress.Left }.WasDatasetSent);
    }

    [Fact]
    public void Answer_to_another_starts_the_clock_again_but_not_without_end()
    {
        const int window = 4;
        var under = new MessagesUnderWay(window, ResponseTime);
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
        Assert.Equal(400 + ResponseTime, deadline);
    }

    [Fact]
    public void Failure_may_come_before_a_message_has_left_and_nothing_else()
    {
        var under = new MessagesUnderWay(1, ResponseTime);
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
        var under = new MessagesUnderWay(1, ResponseTime);
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
