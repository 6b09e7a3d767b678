using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Services;

namespace FlywheelDicom.Transfer.Proof;

/// <summary>How an archive is asked for what it was sent.</summary>
internal sealed record ProofOptions
{
    /// <summary>Instances in one request for storage commitment.</summary>
    public int BatchSize { get; init; } = 1000;

    /// <summary>How long a report may take, or an instance to be found.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Where an archive may call back with its report.</summary>
    public CommitmentListener? Listener { get; init; }

    /// <summary>Who is asked for what was sent to a destination; the same one as a rule.</summary>
    public Func<DicomDestination, DicomDestination> Asked { get; init; } = static destination => destination;

    public DicomClientOptions Client { get; init; } = new();
}
