namespace FlywheelDicom.Network.Scu;

/// <summary>The result of an association for Verification.</summary>
/// <param name="Response">The response; null where the peer accepts associations but not Verification.</param>
/// <param name="Peer">What the peer stated about itself.</param>
/// <param name="Tls">Null for a plain connection.</param>
internal sealed record DicomEcho(DicomResponse? Response, DicomPeer Peer, DicomTlsSession? Tls);
