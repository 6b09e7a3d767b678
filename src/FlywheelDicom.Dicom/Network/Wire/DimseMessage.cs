namespace FlywheelDicom.Network.Wire;

/// <summary>A message as it was read.</summary>
/// <param name="ContextId">The presentation context that it came over.</param>
/// <param name="Command">Its command set, without UIDs.</param>
/// <param name="Dataset">Its data set, empty where it has none.</param>
internal readonly record struct DimseMessage(byte ContextId, DimseCommand Command, byte[] Dataset);
