namespace FlywheelDicom.Network.Wire;

/// <summary>A-RELEASE-RQ came where a message was due.</summary>
internal sealed class PeerReleasedException() : IOException("The association was released.");
