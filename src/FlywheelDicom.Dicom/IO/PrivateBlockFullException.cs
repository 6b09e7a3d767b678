namespace FlywheelDicom;

/// <summary>A private group has no room left.</summary>
internal sealed class PrivateBlockFullException(string message) : Exception(message);
