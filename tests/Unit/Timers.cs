using FlywheelDicom.Network.Connection;

namespace FlywheelDicom.Unit;

/// <summary>
/// Timers of tests in which one has to run out: that one is short. The others stay as the engine has them, long enough for any
/// loaded machine.
/// </summary>
internal static class Timers
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    public static DicomClientOptions ShortConnect { get; } = new() { ConnectTimeout = s_second };

    public static DicomClientOptions ShortAssociation { get; } = new() { AssociationTimeout = s_second };

    public static DicomClientOptions ShortMessage { get; } = new() { ResponseTimeout = s_second, WriteTimeout = s_second };

    /// <summary>For a line that may stall in the midst of either.</summary>
    public static DicomClientOptions ShortAssociationAndMessage { get; } = ShortMessage with { AssociationTimeout = s_second };
}
