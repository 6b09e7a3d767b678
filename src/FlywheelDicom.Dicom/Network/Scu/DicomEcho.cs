namespace FlywheelDicom.Network.Scu;

/// <summary>What a call for Verification brought.</summary>
/// <param name="Response">The answer, null where the peer accepts associations but not Verification.</param>
/// <param name="Peer">What the peer said of itself.</param>
/// <param name="Tls">Null for a plain connection.</param>
internal sealed record DicomEcho(DicomResponse? Response, DicomPeer Peer, DicomTlsSession? Tls);
