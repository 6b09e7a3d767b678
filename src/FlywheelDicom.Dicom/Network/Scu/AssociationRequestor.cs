using System.Net.Security;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Connection.Tls;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>Requests associations: connects, proposes contexts, and reads the response (PS3.8 §7.1, §9.2 states 4 and 5).</summary>
internal static class AssociationRequestor
{
    private const uint MaxAnswerLength = 128 * 1024;

    /// <summary>A PDU with one PDV that has two bytes of data.</summary>
    private const uint LeastPduLength = 8;

    /// <param name="destination">The peer, and the AE titles.</param>
    /// <param name="contexts">At most 128.</param>
    /// <param name="options">Timers and limits.</param>
    /// <param name="cancellation">Aborts the association for as long as it lives.</param>
    /// <exception cref="DicomNetworkException">There is no association; the exception says why.</exception>
    public static async Task<NegotiatedAssociation> RequestAsync(
        DicomDestination destination, IReadOnlyList<PresentationContext> contexts, DicomClientOptions options, CancellationToken cancellation)
    {
        try
        {
            return await NegotiateAsync(destination, contexts, options, cancellation).ConfigureAwait(false);
        }
        catch (DicomNetworkException e)
        {
            e.IsNegotiation = true;
            throw;
        }
    }

    private static async Task<NegotiatedAssociation> NegotiateAsync(
        DicomDestination destination, IReadOnlyList<PresentationContext> contexts, DicomClientOptions options, CancellationToken cancellation)
    {
        var (socket, stream) = await Connector.ConnectAsync(destination, options, cancellation).ConfigureAwait(false);
        var transport = new PduTransport(socket, stream, cancellation, options.Time);
        try
        {
            var request = new AssociationPdu
            {
                CalledAE = destination.CalledAE, CallingAE = destination.CallingAE, Contexts = contexts, MaxPduLength = (uint)options.MaxPduLength,
                MaxOperations = (ushort)options.MaxOperations,
            };
            Pdu answer;
            try
            {
                await transport.WriteAsync(request.Encode(PduType.AssociateRequest), options.AssociationTimeout).ConfigureAwait(false);
                answer = await transport.ReadAsync(MaxAnswerLength, options.AssociationTimeout).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                var cause = destination.Tls is null ? e : await AlertAsync(transport, e).ConfigureAwait(false);
                throw AssociationFailures.Of(destination, transport, cause, AssociationFailures.Negotiating, options.AssociationTimeout);
            }
            var accept = AssociationFailures.Accepted(destination, transport, answer);
            if (accept.MaxPduLength is > 0 and < LeastPduLength)
            {
                transport.Abort(2, 6);
                throw AssociationFailures.ByCause(destination, transport,
                    new InvalidDataException($"It takes PDUs of at most {accept.MaxPduLength} bytes, which hold nothing."), AssociationFailures.Negotiating);
            }
            return new NegotiatedAssociation(transport, accept, Answered(contexts, accept.Contexts), stream is SslStream secure ? DicomTlsSession.Of(secure, options.Time) : null);
        }
        catch
        {
            transport.Dispose();
            throw;
        }
    }

    /// <summary>With TLS 1.3 a client certificate is refused after the handshake. Our write may fail before that alert is read.</summary>
    private static async Task<Exception> AlertAsync(PduTransport transport, Exception failure)
    {
        if (transport.HasTimedOut || TlsHandshake.IsAlert(failure))
            return failure;
        try
        {
            await transport.ReadAsync(MaxAnswerLength, TimeSpan.FromMilliseconds(500)).ConfigureAwait(false);
            return failure;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or OperationCanceledException)
        {
            return TlsHandshake.IsAlert(e) ? e : failure;
        }
    }

    private static PresentationContext[] Answered(IReadOnlyList<PresentationContext> proposed, IReadOnlyList<PresentationContext> answers)
        => [.. proposed.Select(context => Answered(context, [.. answers.Where(a => a.Id == context.Id)]))];

    private static PresentationContext Answered(PresentationContext proposed, PresentationContext[] answers)
    {
        // Without an answer, or with two that differ, nothing was agreed.
        if (answers.Length == 0 || !Array.TrueForAll(answers, a => a.Result == answers[0].Result && a.AcceptedTransferSyntax == answers[0].AcceptedTransferSyntax))
            return proposed;
        var answer = answers[0];
        return proposed with
        {
            // Only a syntax that was proposed in this context can be accepted.
            Result = answer.IsAccepted && !proposed.TransferSyntaxes.Contains(answer.AcceptedTransferSyntax ?? "", StringComparer.Ordinal)
                ? PresentationContextResult.TransferSyntaxesNotSupported : answer.Result,
            AcceptedTransferSyntax = answer.AcceptedTransferSyntax,
        };
    }
}
