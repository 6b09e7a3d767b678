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
                    throw ByCause(destination, transport, e, Negotiating);
                }
            case PduType.AssociateReject when answer.Body.Length >= 4:
                var reject = answer.Body.Span;
                throw new DicomAssociationRejectedException(destination, reject[1], reject[2], reject[3]);
            case PduType.Abort:
                throw ByCause(destination, transport, new PeerAbortedException(answer.Body.Span), Negotiating);
            default:
                if (answer.IsClosed)
                    throw ByCause(destination, transport, new EndOfStreamException("The connection was closed."), Negotiating);
                transport.Abort(2, 2);
                throw ByCause(destination, transport, PduException.Unexpected(answer.Type), Negotiating);
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

    /// <summary>A failure while an answer was waited for. Where the time limit has passed, that is the reason.</summary>
    /// <param name="destination">The peer.</param>
    /// <param name="transport">The connection.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="operation">What was being done.</param>
    /// <param name="timeout">The time limit, for the message.</param>
    public static DicomNetworkException Of(DicomDestination destination, PduTransport transport, Exception cause, string operation, TimeSpan timeout)
    {
        if (cause is DicomNetworkException || !transport.HasTimedOut)
            return ByCause(destination, transport, cause, operation);
        return new DicomNetworkException(DicomNetworkError.ResponseTimeout,
            $"{destination} did not answer within {timeout.TotalSeconds:0} s while {operation}. Check that it is a DICOM server, or give it more time (-Timeout).",
            RetryAdvice.BackOff, cause);
    }

    /// <summary>A failure by what was thrown. Whether a time limit has passed does not count.</summary>
    public static DicomNetworkException ByCause(DicomDestination destination, PduTransport transport, Exception cause, string operation)
    {
        if (cause is DicomNetworkException known)
            return known;
        if (cause is PeerAbortedException abort)
            return new DicomAssociationAbortedException(destination, abort.AbortSource, abort.Reason, operation);
        if (cause is PeerReleasedException)
        {
            return new DicomNetworkException(DicomNetworkError.ConnectionLost,
                $"{destination} released the association instead of answering.", RetryAdvice.BackOff, cause);
        }
        if (cause is HttpAnswerException)
        {
            return new DicomNetworkException(DicomNetworkError.ProtocolError,
                $"{destination} answers in HTTP, not in DICOM: a web server listens there. Check -Destination and -Port.", RetryAdvice.Never, cause);
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
