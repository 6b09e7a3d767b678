namespace FlywheelDicom.Network.Wire;

/// <summary>The PDUs of ten bytes: reject, release, abort (PS3.8 §9.3.4, §9.3.6 to §9.3.8).</summary>
internal static class ControlPdu
{
    public static byte[] Reject(byte result, byte source, byte reason) => [(byte)PduType.AssociateReject, 0, 0, 0, 0, 4, 0, result, source, reason];

    public static byte[] ReleaseRequest { get; } = [(byte)PduType.ReleaseRequest, 0, 0, 0, 0, 4, 0, 0, 0, 0];

    public static byte[] ReleaseResponse { get; } = [(byte)PduType.ReleaseResponse, 0, 0, 0, 0, 4, 0, 0, 0, 0];

    /// <param name="source">0 the application, 2 the provider.</param>
    /// <param name="reason">For source 2: 1 unrecognized PDU, 2 unexpected PDU, 6 invalid parameter.</param>
    public static byte[] Abort(byte source, byte reason) => [(byte)PduType.Abort, 0, 0, 0, 0, 4, 0, 0, source, reason];
}
