using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>
/// The messages of an association that wait for a response, or are on their way out. It does no I/O: times are given to it, and it
/// says when patience ends.
/// </summary>
/// <param name="window">How many there may be.</param>
/// <param name="patience">For each, in milliseconds from when it left.</param>
internal sealed class MessagesUnderWay(int window, long patience)
{
    private readonly List<MessageUnderWay> _messages = new(window);

    public bool IsEmpty
    {
        get
        {
            lock (_messages)
                return _messages.Count == 0;
        }
    }

    /// <summary>There is one, and no more.</summary>
    public bool IsSingle
    {
        get
        {
            lock (_messages)
                return _messages.Count == 1;
        }
    }

    /// <summary>Messages that no answer has come for.</summary>
    public int Unanswered
    {
        get
        {
            lock (_messages)
                return _messages.Count(m => m.Answer is null);
        }
    }

    /// <summary>Some message has left, and its answer has not come.</summary>
    public bool IsAnswerDue
    {
        get
        {
            lock (_messages)
                return _messages.Exists(m => m is { Progress: MessageProgress.Left, Response: null });
        }
    }

    /// <summary>When the first of them is overdue.</summary>
    public long EarliestDeadline
    {
        get
        {
            lock (_messages)
            {
                var earliest = long.MaxValue;
                foreach (var message in _messages)
                {
                    if (message.Response is null)
                        earliest = Math.Min(earliest, message.Deadline);
                }
                return earliest;
            }
        }
    }

    public void Add(MessageUnderWay message)
    {
        lock (_messages)
            _messages.Add(message);
    }

    public void Remove(MessageUnderWay message)
    {
        lock (_messages)
            _messages.Remove(message);
    }

    public DimseMessage? AnswerTo(MessageUnderWay message)
    {
        lock (_messages)
            return message.Answer;
    }

    /// <summary>Its last fragment is about to be handed over: from now on it may have been received.</summary>
    public void Leaving(MessageUnderWay message)
    {
        lock (_messages)
            message.Progress = MessageProgress.Leaving;
    }

    /// <summary>All of it was handed over: its time runs from now on.</summary>
    public void Left(MessageUnderWay message, long now)
    {
        lock (_messages)
            (message.Progress, message.Deadline) = (MessageProgress.Left, now + patience);
    }

    /// <summary>Gives a response to the message that it answers.</summary>
    /// <exception cref="InvalidDataException">It answers none.</exception>
    public void Accept(in DimseMessage response, ReadOnlySpan<byte> commandSet, long now)
    {
        var id = response.Command.RespondedTo;
        MessageUnderWay message;
        lock (_messages)
        {
            message = Find(id) ?? throw new InvalidDataException($"A response came for message {id}, which waits for none.");
            if (ResponseRules.Fault(response, commandSet, message) is { } fault)
                throw new InvalidDataException($"The response makes no sense: {fault}");
            if (message.OnPending is null || !ResponseRules.IsPending(response.Command.Status))
            {
                message.Response = response;
                Extend(message, now);
                return;
            }
        }
        // Whoever repeats himself has no more time for it.
        if (message.OnPending(response))
        {
            lock (_messages)
                message.Deadline = now + patience;
        }
    }

    private MessageUnderWay? Find(ushort id)
    {
        foreach (var message in _messages)
        {
            if (message.Request.MessageId == id)
                return message;
        }
        return null;
    }

    /// <summary>
    /// A peer that answers the others is at work: it may take one after the other. The clock of each message starts again, but no
    /// oftener than there can be messages before it.
    /// </summary>
    private void Extend(MessageUnderWay answered, long now)
    {
        foreach (var message in _messages)
        {
            if (message != answered && message.Progress == MessageProgress.Left && ++message.Extensions < window)
                message.Deadline = now + patience;
        }
    }
}
