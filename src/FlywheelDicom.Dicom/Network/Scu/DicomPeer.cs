namespace FlywheelDicom.Network.Scu;

/// <summary>What the peer stated about itself when it accepted an association.</summary>
/// <param name="MaxPduLength">The longest P-DATA-TF that it takes; 0 means no limit.</param>
/// <param name="ImplementationClassUid">Its maker's UID.</param>
/// <param name="ImplementationVersion">Its name and version, where it gives one.</param>
internal sealed record DicomPeer(uint MaxPduLength, string ImplementationClassUid, string ImplementationVersion);
