using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>
/// The messages of an association that are being sent or wait for a response. It does no I/O and has no clock: the caller gives the time,
/// and asks for the next deadline.
/// </summary>
/// <param name="window">How many there may be.</param>
/// <param name="responseTime">For the response to each, in milliseconds after the message was sent.</param>
internal sealed class MessagesUnderWay(int window, long responseTime)
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

    /// <summary>There is exactly one.</summary>
    public bool IsSingle
    {
        get
        {
            lock (_messages)
                return _messages.Count == 1;
        }
    }

    /// <summary>The number of messages without a response that counts.</summary>
    public int Unanswered
    {
        get
        {
            lock (_messages)
                return _messages.Count(m => m.Answer is null);
        }
    }

    /// <summary>A message was sent completely, and its response has not arrived.</summary>
    public bool IsAnswerDue
    {
        get
        {
            lock (_messages)
                return _messages.Exists(m => m is { Progress: MessageProgress.Left, Response: null });
        }
    }

    /// <summary>The time when the first response is overdue.</summary>
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

    /// <summary>Its last fragment is about to be written. From now on the peer may have received all of it.</summary>
    public void Leaving(MessageUnderWay message)
    {
        lock (_messages)
            message.Progress = MessageProgress.Leaving;
    }

    /// <summary>All of it was written. The time for its response begins now.</summary>
    public void Left(MessageUnderWay message, long now)
    {
        lock (_messages)
            (message.Progress, message.Deadline) = (MessageProgress.Left, now + responseTime);
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
        // A pending response that brings nothing new does not extend the time.
        if (message.OnPending(response))
        {
            lock (_messages)
                message.Deadline = now + responseTime;
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
    /// A peer may process messages one after the other. So each response starts the time of the other messages again, but not more often than
    /// there can be messages before them.
    /// </summary>
    private void Extend(MessageUnderWay answered, long now)
    {
        foreach (var message in _messages)
        {
            if (message != answered && message.Progress == MessageProgress.Left && ++message.Extensions < window)
                message.Deadline = now + responseTime;
        }
    }
}
