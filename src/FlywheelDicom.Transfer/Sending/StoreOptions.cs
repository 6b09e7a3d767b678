using FlywheelDicom.Network.Connection;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>How a stream of instances is sent.</summary>
internal sealed record StoreOptions
{
    /// <summary>As many associations as pay: see <see cref="AssociationTuner"/>.</summary>
    public const int Automatic = 0;

    /// <summary>How many associations may be open at a time, or <see cref="Automatic"/>.</summary>
    public int MaxAssociations { get; init; } = 1;

    /// <summary>Results leave in the order in which the instances entered; over one association they always do, and where their number is found by measuring.</summary>
    public bool IsOrdered { get; init; }

    /// <summary>How long one instance is tried for, from its first failure that may heal.</summary>
    public TimeSpan RetryTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What earlier runs have stored there is skipped, and each outcome is written to it; null: nothing is remembered.</summary>
    public SendJournal? Journal { get; init; }

    public DicomClientOptions Client { get; init; } = new();

    /// <summary>The clock of retries, of the destination's health and of the number of associations.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
