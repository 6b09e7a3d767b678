namespace FlywheelDicom.Network.Services;

/// <summary>An instance by its class and UID.</summary>
internal readonly record struct SopReference(string SopClassUid, string SopInstanceUid);
