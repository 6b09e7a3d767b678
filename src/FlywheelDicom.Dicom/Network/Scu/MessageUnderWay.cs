using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>A request that was sent or is being sent, and what is known of its response. <see cref="MessagesUnderWay"/> keeps it.</summary>
internal sealed class MessageUnderWay(byte contextId, DimseCommand request)
{
    /// <summary>The context that it goes over, and that its response has to come over.</summary>
    public byte ContextId { get; } = contextId;

    public DimseCommand Request { get; } = request;

    /// <summary>Takes the responses that say "pending" (C-FIND); true where one brought something new. Null: there should be none.</summary>
    public Func<DimseMessage, bool>? OnPending { get; init; }

    public MessageProgress Progress { get; set; }
    public DimseMessage? Response { get; set; }

    /// <summary>When its response is overdue.</summary>
    public long Deadline { get; set; } = long.MaxValue;

    /// <summary>Times that its clock was started again.</summary>
    public int Extensions { get; set; }

    /// <summary>The whole data set was handed to the connection.</summary>
    public bool WasDatasetSent => Progress == MessageProgress.Left && Request.HasDataset;

    /// <summary>
    /// What the peer answered. A failure counts whenever it came: an archive that is full says so when it sees the command.
    /// Anything else counts once the message has left.
    /// </summary>
    public DimseMessage? Answer => Response is { } response && (Progress == MessageProgress.Left || response.Command.Status.State == DicomState.Failure) ? response : null;
}
