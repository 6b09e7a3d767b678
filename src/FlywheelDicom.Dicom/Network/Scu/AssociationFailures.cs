using System.Net.Sockets;
using FlywheelDicom.Network.Connection.Tls;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>Turns failures of an association into exceptions with a message for the user.</summary>
internal static class AssociationFailures
{
    public const string Negotiating = "negotiating the association";

    /// <summary>The A-ASSOCIATE-AC, where the acceptor answered with one.</summary>
    /// <exception cref="DicomNetworkException">It answered with anything else.</exception>
    public static AssociationPdu Accepted(DicomDestination destination, PduTransport transport, Pdu answer)
    {
        switch (answer.Type)
        {
            case PduType.AssociateAccept:
                try
                {
                    return AssociationPdu.Decode(answer.Body.Span, PduType.AssociateAccept);
                }
                catch (InvalidDataException e)
                {
                    transport.Abort(2, 6);
                    throw Of(destination, transport, e, Negotiating, default);
                }
            case PduType.AssociateReject when answer.Body.Length >= 4:
                var reject = answer.Body.Span;
                throw new DicomAssociationRejectedException(destination, reject[1], reject[2], reject[3]);
            case PduType.Abort:
                throw Of(destination, transport, new PeerAbortedException(answer.Body.Span), Negotiating, default);
            default:
                if (answer.IsClosed)
                    throw Of(destination, transport, new EndOfStreamException("The connection was closed."), Negotiating, default);
                transport.Abort(2, 2);
                throw Of(destination, transport, new InvalidDataException($"PDU type {(byte)answer.Type:X2} was not expected."), Negotiating, default);
        }
    }

    /// <summary>No context was accepted for an instance, or for a service.</summary>
    public static DicomNetworkException Refused(DicomDestination destination, IEnumerable<PresentationContext> proposed, string sopClass, string? transferSyntax)
    {
        var contexts = proposed.Where(c => PresentationContextPlan.IsFor(c, sopClass, transferSyntax)).ToList();
        var own = contexts.Find(c => transferSyntax is null || c.TransferSyntaxes.Contains(transferSyntax, StringComparer.Ordinal)) ?? contexts.FirstOrDefault();
        var classRefused = transferSyntax is null || contexts.TrueForAll(c => !c.IsAccepted && c.Result != PresentationContextResult.TransferSyntaxesNotSupported);
        var why = own?.Result switch
        {
            PresentationContextResult.UserRejection => "user rejection",
            PresentationContextResult.AbstractSyntaxNotSupported => "abstract syntax not supported",
            PresentationContextResult.TransferSyntaxesNotSupported => "transfer syntax not supported",
            PresentationContextResult.Accepted => "another transfer syntax than proposed was chosen",
            _ => "no reason given",
        };
        var what = classRefused
            ? $"SOP class {DicomUID.Lookup(sopClass)}"
            : $"transfer syntax {DicomUID.Lookup(transferSyntax!)} for SOP class {DicomUID.Lookup(sopClass)}";
        return new DicomNetworkException(DicomNetworkError.ContextRefused, $"{destination} does not take {what}: {why}.", RetryAdvice.Never);
    }

    public static DicomNetworkException Of(DicomDestination destination, PduTransport transport, Exception cause, string operation, TimeSpan timeout, bool wasWaiting = true)
    {
        if (cause is DicomNetworkException known)
            return known;
        if (transport.HasTimedOut && wasWaiting)
        {
            return new DicomNetworkException(DicomNetworkError.ResponseTimeout,
                $"{destination} did not answer within {timeout.TotalSeconds:0} s while {operation}. Check that it is a DICOM server, or give it more time (-Timeout).",
                RetryAdvice.BackOff, cause);
        }
        if (cause is PeerAbortedException abort)
            return new DicomAssociationAbortedException(destination, abort.AbortSource, abort.Reason, operation);
        if (cause is PeerReleasedException)
        {
            return new DicomNetworkException(DicomNetworkError.ConnectionLost,
                $"{destination} released the association instead of answering.", RetryAdvice.BackOff, cause);
        }
        if (cause is TlsRecordException && destination.Tls is null)
            return TlsHandshake.TlsExpected(destination, cause);
        if (destination.Tls is not null && TlsHandshake.IsAlert(cause))
            return TlsHandshake.Failure(destination, null, cause);
        if (destination.Tls is not null && operation == Negotiating && !transport.HasReceived && TlsHandshake.IsClose(cause))
            return TlsHandshake.ClosedAfterwards(destination, cause);
        if (cause is InvalidDataException or PduException)
        {
            return new DicomNetworkException(DicomNetworkError.ProtocolError,
                $"{destination} does not speak DICOM as it should while {operation}: {cause.Message}", RetryAdvice.BackOff, cause);
        }
        return new DicomNetworkException(DicomNetworkError.ConnectionLost,
            $"The connection to {destination} was lost while {operation}: {(cause.InnerException as SocketException)?.Message ?? cause.Message}", RetryAdvice.BackOff, cause);
    }
}
