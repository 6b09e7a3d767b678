using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>The end of an association as its requestor wants it (PS3.8 §7.2, §9.2 states 7 and 9 to 12).</summary>
internal static class AssociationRelease
{
    /// <summary>Says A-RELEASE-RQ and reads to the answer, all within one time.</summary>
    /// <exception cref="IOException">The connection was lost before that, or it took too long.</exception>
    /// <exception cref="InvalidDataException">What came is no PDU.</exception>
    public static async Task RequestAsync(PduTransport transport, uint maxPduLength, TimeSpan timeout)
    {
        await transport.WriteAsync(ControlPdu.ReleaseRequest, timeout).ConfigureAwait(false);
        transport.ReadDeadline = transport.DeadlineIn(timeout);
        while (await transport.ReadAsync(maxPduLength).ConfigureAwait(false) is { IsClosed: false } pdu)
        {
            switch (pdu.Type)
            {
                case PduType.Data:
                    // It may still come, and is let go (AR-6).
                    break;
                case PduType.ReleaseRequest:
                    // Both asked at once: the requestor answers first.
                    await transport.WriteAsync(ControlPdu.ReleaseResponse, timeout).ConfigureAwait(false);
                    break;
                case PduType.ReleaseResponse or PduType.Abort:
                    return;
                default:
                    transport.Abort(2, PduException.Unexpected(pdu.Type).AbortReason);
                    return;
            }
        }
    }
}
