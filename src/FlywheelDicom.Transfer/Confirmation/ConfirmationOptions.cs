using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Services;

namespace FlywheelDicom.Transfer.Confirmation;

/// <summary>How an archive is asked whether it has the instances that were sent to it.</summary>
internal sealed record ConfirmationOptions
{
    /// <summary>Instances in one request for storage commitment.</summary>
    public int BatchSize { get; init; } = 1000;

    /// <summary>How long to wait for a commitment report, or until an instance is found.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Takes reports that an archive sends on an association of its own; null: none are taken.</summary>
    public CommitmentListener? Listener { get; init; }

    /// <summary>The archive to ask about instances that were sent to a destination. By default that destination itself.</summary>
    public Func<DicomDestination, DicomDestination> DestinationToAsk { get; init; } = static destination => destination;

    public DicomClientOptions Client { get; init; } = new();

    /// <summary>The clock of the time limits and of the waits between tries.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
