namespace FlywheelDicom.Network.Wire;

/// <summary>The peer wants no more of this association: A-RELEASE-RQ came where a message was due.</summary>
internal sealed class PeerReleasedException() : IOException("The association was released.");
