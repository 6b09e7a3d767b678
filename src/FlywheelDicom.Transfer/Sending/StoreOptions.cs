using FlywheelDicom.Network.Connection;
using FlywheelDicom.Transfer.Monitoring;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>How a stream of instances is sent.</summary>
internal sealed record StoreOptions
{
    /// <summary>The number of associations is found by measuring: see <see cref="AssociationTuner"/>.</summary>
    public const int Automatic = 0;

    /// <summary>How many associations may be open at a time, or <see cref="Automatic"/>.</summary>
    public int MaxAssociations { get; init; } = 1;

    /// <summary>Results are given out in the order in which the instances entered. With one association, and with <see cref="Automatic"/>, they always are.</summary>
    public bool IsOrdered { get; init; }

    /// <summary>How long one instance is retried, from its first temporary failure.</summary>
    public TimeSpan RetryTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Instances that it has as stored are skipped, and each result is written to it; null: no journal.</summary>
    public SendJournal? Journal { get; init; }

    public DicomClientOptions Client { get; init; } = new();

    /// <summary>Is told of what happens; null: nobody asks.</summary>
    public SendMonitor? Monitor { get; init; }

    /// <summary>The clock of retries, of the destination's health and of the number of associations.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
