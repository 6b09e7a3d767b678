using FlywheelDicom.Network;

namespace FlywheelDicom.Unit;

/// <summary>Timers of tests in which one has to run out. Where none has to, the engine's own are long enough for any loaded machine.</summary>
internal static class Timers
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    public static DicomClientOptions Short { get; } = new() { ConnectTimeout = s_second, AssociationTimeout = s_second, ResponseTimeout = s_second, WriteTimeout = s_second };
}
