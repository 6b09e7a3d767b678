using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>A request that was sent or is being sent, and its response. <see cref="MessagesUnderWay"/> keeps it.</summary>
internal sealed class MessageUnderWay(byte contextId, DimseCommand request)
{
    /// <summary>The presentation context of the request; its response must have the same.</summary>
    public byte ContextId { get; } = contextId;

    public DimseCommand Request { get; } = request;

    /// <summary>Takes the pending responses (C-FIND). It returns true if one brought something new. Null: no pending response is allowed.</summary>
    public Func<DimseMessage, bool>? OnPending { get; init; }

    public MessageProgress Progress { get; set; }
    public DimseMessage? Response { get; set; }

    /// <summary>The time when its response is overdue.</summary>
    public long Deadline { get; set; } = long.MaxValue;

    /// <summary>How often its time was started again.</summary>
    public int Extensions { get; set; }

    /// <summary>The whole data set was written to the connection.</summary>
    public bool WasDatasetSent => Progress == MessageProgress.Left && Request.HasDataset;

    /// <summary>
    /// The response that counts. A failure counts at any time: a full archive answers when it has read the command. Any other status counts
    /// only after the whole message was written.
    /// </summary>
    public DimseMessage? Answer => Response is { } response && (Progress == MessageProgress.Left || response.Command.Status.State == DicomState.Failure) ? response : null;
}
