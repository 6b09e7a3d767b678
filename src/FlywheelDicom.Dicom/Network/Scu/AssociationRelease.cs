using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>Releases an association as its requestor (PS3.8 §7.2, §9.2 states 7 and 9 to 12).</summary>
internal static class AssociationRelease
{
    /// <summary>Sends A-RELEASE-RQ and reads until the response, all within one time limit.</summary>
    /// <exception cref="IOException">The connection was lost before that, or it took too long.</exception>
    /// <exception cref="InvalidDataException">What arrived is no PDU.</exception>
    public static async Task RequestAsync(PduTransport transport, uint maxPduLength, TimeSpan timeout)
    {
        await transport.WriteAsync(ControlPdu.ReleaseRequest, timeout).ConfigureAwait(false);
        transport.ReadDeadline = transport.DeadlineIn(timeout);
        while (await transport.ReadAsync(maxPduLength).ConfigureAwait(false) is { IsClosed: false } pdu)
        {
            switch (pdu.Type)
            {
                case PduType.Data:
                    // Data may still come. It is ignored (AR-6).
                    break;
                case PduType.ReleaseRequest:
                    // Both sides requested the release at the same time: the requestor responds first.
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
