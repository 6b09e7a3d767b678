namespace FlywheelDicom.Network.Connection;

/// <summary>What a destination that was written as one text says beside its host.</summary>
[Flags]
internal enum DestinationParts
{
    None = 0,
    Port = 1,
    CalledAE = 2,
}
