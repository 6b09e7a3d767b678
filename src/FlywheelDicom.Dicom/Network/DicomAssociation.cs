using System.Buffers;
using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using FlywheelDicom.IO;

namespace FlywheelDicom.Network;

/// <summary>
/// One association as its requestor (PS3.8 §7, §9.2): made, used for one message after the other, released. What fails inside
/// it ends it; it is never mended.
/// </summary>
public sealed class DicomAssociation : IAsyncDisposable
{
    private const uint MaxAnswerLength = 128 * 1024;
    private const string Negotiating = "negotiating the association";

    private readonly PduTransport _transport;
    private readonly DicomDestination _destination;
    private readonly DicomClientOptions _options;
    private readonly MessageWriter _writer;
    private readonly ArrayBufferWriter<byte> _command = new(512);
    private ushort _messageId;

    private DicomAssociation(PduTransport transport, DicomDestination destination, DicomClientOptions options, AssociationPdu accept,
        IReadOnlyList<PresentationContext> contexts)
    {
        _transport = transport;
        _destination = destination;
        _options = options;
        Contexts = contexts;
        Peer = new DicomPeer(accept.MaxPduLength, accept.ImplementationClassUid, accept.ImplementationVersion);
        _writer = new MessageWriter(transport, accept.MaxPduLength, options.MaxPduLength, options.WriteTimeout);
    }

    /// <summary>What was proposed, with the peer's answers.</summary>
    public IReadOnlyList<PresentationContext> Contexts { get; }

    public DicomPeer Peer { get; }

    /// <summary>Null where the connection is a plain one.</summary>
    public DicomTlsSession? Tls { get; private init; }

    /// <summary>False after anything failed, or once the peer has closed, aborted or released.</summary>
    public bool IsUsable => !IsBroken && _transport.IsQuiet;

    private bool IsBroken { get; set; }

    /// <summary>Connects and negotiates.</summary>
    /// <param name="destination">Who is called, and as whom.</param>
    /// <param name="contexts">At most 128.</param>
    /// <param name="options">Timers and limits.</param>
    /// <param name="cancellation">Aborts the association for as long as it lives.</param>
    /// <exception cref="DicomNetworkException">It could not be made; the exception says why.</exception>
    public static async Task<DicomAssociation> RequestAsync(
        DicomDestination destination, IReadOnlyList<PresentationContext> contexts, DicomClientOptions options, CancellationToken cancellation)
    {
        var (socket, stream) = await Connector.ConnectAsync(destination, options, cancellation).ConfigureAwait(false);
        var transport = new PduTransport(socket, stream, cancellation);
        try
        {
            var request = new AssociationPdu
            {
                CalledAE = destination.CalledAE, CallingAE = destination.CallingAE, Contexts = contexts, MaxPduLength = (uint)options.MaxPduLength,
            };
            Pdu answer;
            try
            {
                await transport.WriteAsync(request.Encode(PduType.AssociateRequest), options.AssociationTimeout).ConfigureAwait(false);
                answer = await transport.ReadAsync(MaxAnswerLength, options.AssociationTimeout).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                var cause = destination.Tls is null ? e : await LastWordAsync(transport, e).ConfigureAwait(false);
                throw Failure(destination, transport, cause, Negotiating, options.AssociationTimeout);
            }
            var accept = Accepted(destination, transport, answer, Negotiating);
            return new DicomAssociation(transport, destination, options, accept, Answered(contexts, accept.Contexts))
            {
                Tls = stream is SslStream secure ? DicomTlsSession.Of(secure) : null,
            };
        }
        catch
        {
            transport.Dispose();
            throw;
        }
    }

    /// <summary>C-ECHO (PS3.7 §9.1.5).</summary>
    /// <exception cref="DicomNetworkException">There was no answer, or no context for it.</exception>
    public async Task<DicomResponse> EchoAsync()
    {
        var context = Contexts.FirstOrDefault(c => c.AbstractSyntax == DicomUID.Verification && c.IsAccepted)
            ?? throw Refused(DicomUID.Verification, null);
        var command = new DimseCommand { Field = CommandField.EchoRequest, MessageId = NextMessageId(), SopClassUid = DicomUID.Verification };
        return await ExchangeAsync("waiting for the answer to C-ECHO", async () =>
        {
            await _writer.WriteAsync(context.Id, command).ConfigureAwait(false);
            return await ResponseAsync(command.MessageId, context, 0).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>C-STORE (PS3.7 §9.1.1) of an instance over a context that carries it.</summary>
    /// <exception cref="DicomNetworkException">The association failed, or has no context for it.</exception>
    /// <exception cref="IOException">The file could not be read. If that was found mid-message, the association is gone too.</exception>
    public async Task<DicomResponse> StoreAsync(DicomFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var context = FindContext(file) ?? throw Refused(file.SopClassUid!, file.TransferSyntaxUid);
        var syntax = DicomTransferSyntax.Lookup(context.AcceptedTransferSyntax!);
        var asIs = syntax.Uid == file.TransferSyntaxUid;
        using var hash = _options.ComputesDigests && asIs ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        using var dataset = hash is not null ? new DigestingStream(file.OpenDataset(), hash) : asIs ? file.OpenDataset() : file.OpenDataset(syntax);
        var command = new DimseCommand
        {
            Field = CommandField.StoreRequest, MessageId = NextMessageId(), HasDataset = true, SopClassUid = file.SopClassUid, SopInstanceUid = file.SopInstanceUid,
        };
        var response = await ExchangeAsync("sending an instance", async () =>
        {
            var sent = await _writer.WriteAsync(context.Id, command, dataset, asIs ? file.DatasetLength : -1).ConfigureAwait(false);
            return await ResponseAsync(command.MessageId, context, sent).ConfigureAwait(false);
        }).ConfigureAwait(false);
        if (!_options.ComputesDigests)
            return response;
        // What was converted on the way is known by what it was before.
        return response with { Digest = hash is not null ? Convert.ToHexString(hash.GetHashAndReset()) : DigestOf(file) };
    }

    /// <summary>Null where it cannot be read a second time: it was stored all the same.</summary>
    private static string? DigestOf(DicomFile file)
    {
        try
        {
            return file.ComputeDigest();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Says A-RELEASE and waits for the answer, under ARTIM; never throws but for cancellation.</summary>
    public async Task ReleaseAsync()
    {
        if (!IsBroken)
        {
            IsBroken = true;
            try
            {
                await _transport.WriteAsync(ControlPdu.ReleaseRequest, _options.AssociationTimeout).ConfigureAwait(false);
                while (await _transport.ReadAsync(MaxAnswerLength, _options.AssociationTimeout).ConfigureAwait(false) is { IsClosed: false } pdu)
                {
                    // In state 7 data may still come and is let go (PS3.8 §9.2.3, AR-6); a release collision is answered.
                    if (pdu.Type is PduType.ReleaseResponse or PduType.Abort)
                        break;
                    if (pdu.Type == PduType.ReleaseRequest)
                        await _transport.WriteAsync(ControlPdu.ReleaseResponse, _options.AssociationTimeout).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                // Every message has had its response: how the association ends changes nothing for them.
            }
        }
        _transport.Dispose();
        _writer.Dispose();
    }

    /// <summary>Says A-ABORT and closes.</summary>
    public void Abort()
    {
        IsBroken = true;
        _transport.Abort(0, 0);
    }

    public async ValueTask DisposeAsync()
    {
        if (!IsBroken)
            Abort();
        await Task.CompletedTask.ConfigureAwait(false);
        _transport.Dispose();
    }

    /// <summary>The context for an instance: in its own syntax, else in one that it can be turned into without loss.</summary>
    internal PresentationContext? FindContext(DicomFile file)
    {
        PresentationContext? convertible = null;
        foreach (var context in Contexts)
        {
            if (!context.IsAccepted || context.AbstractSyntax != file.SopClassUid)
                continue;
            if (context.AcceptedTransferSyntax == file.TransferSyntaxUid)
                return context;
            if (file.Syntax.IsUncompressed && DicomTransferSyntax.Lookup(context.AcceptedTransferSyntax!).IsUncompressed)
                convertible ??= context;
        }
        return convertible;
    }

    internal DicomNetworkException Refused(string sopClass, string? transferSyntax)
    {
        var contexts = Contexts.Where(c => c.AbstractSyntax == sopClass).ToList();
        var own = contexts.Find(c => transferSyntax is null || c.TransferSyntaxes.Contains(transferSyntax)) ?? contexts.FirstOrDefault();
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
        return new DicomNetworkException(DicomNetworkError.ContextRefused, $"{_destination} does not take {what}: {why}.", RetryAdvice.Never);
    }

    private ushort NextMessageId() => _messageId = (ushort)(_messageId == ushort.MaxValue ? 1 : _messageId + 1);

    private async Task<DicomResponse> ExchangeAsync(string operation, Func<Task<DicomResponse>> exchange)
    {
        var isDone = false;
        try
        {
            var response = await exchange().ConfigureAwait(false);
            isDone = true;
            return response;
        }
        catch (DicomFormatException)
        {
            // The source, not the network: the message cannot be finished, and its association with it.
            _transport.Abort(0, 0);
            throw;
        }
        catch (Exception e) when (e is (IOException and not DicomNetworkException) or InvalidDataException)
        {
            var pending = await PendingAbortAsync(operation).ConfigureAwait(false);
            throw pending ?? Failure(_destination, _transport, e, operation, _options.ResponseTimeout);
        }
        finally
        {
            if (!isDone)
            {
                IsBroken = true;
                _transport.Abort(0, 0);
                await SettleAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task SettleAsync()
    {
        try
        {
            await _writer.DrainAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The failure that brought us here is the one to tell.
        }
    }

    /// <summary>A write failed because the peer gave up: what it said of that may still be in our receive buffer.</summary>
    private async Task<DicomNetworkException?> PendingAbortAsync(string operation)
    {
        if (_transport.HasTimedOut)
            return null;
        try
        {
            var pdu = await _transport.ReadAsync(MaxAnswerLength, TimeSpan.FromMilliseconds(500)).ConfigureAwait(false);
            return pdu.Type == PduType.Abort ? Aborted(_destination, pdu, operation) : null;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>With TLS 1.3 a client certificate is refused after the handshake: our write may fail before that alert was read.</summary>
    private static async Task<Exception> LastWordAsync(PduTransport transport, Exception failure)
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

    private async Task<DicomResponse> ResponseAsync(ushort messageId, PresentationContext context, long sent)
    {
        const string operation = "waiting for the response";
        _command.ResetWrittenCount();
        while (true)
        {
            var pdu = await _transport.ReadAsync(Math.Max((uint)_options.MaxPduLength, 16384), _options.ResponseTimeout).ConfigureAwait(false);
            switch (pdu.Type)
            {
                case PduType.Data:
                    if (!Collect(pdu.Body.Span))
                        continue;
                    var response = DimseCommand.Decode(_command.WrittenSpan);
                    _command.ResetWrittenCount();
                    if (response.RespondedTo != messageId || ((ushort)response.Field & 0x8000) == 0)
                        throw new InvalidDataException($"The response is for message {response.RespondedTo}, not for {messageId}.");
                    return new DicomResponse(response.Status, Comment(response), context.AcceptedTransferSyntax!, sent);
                case PduType.Abort:
                    throw Aborted(_destination, pdu, operation);
                case PduType.ReleaseRequest:
                    await _transport.WriteAsync(ControlPdu.ReleaseResponse, _options.AssociationTimeout).ConfigureAwait(false);
                    throw new DicomNetworkException(DicomNetworkError.ConnectionLost,
                        $"{_destination} released the association instead of answering.", RetryAdvice.BackOff);
                default:
                    throw pdu.IsClosed
                        ? new EndOfStreamException("The connection was closed.")
                        : new InvalidDataException($"PDU type {(byte)pdu.Type:X2} was not expected.");
            }
        }
    }

    /// <summary>Adds the PDVs of a P-DATA-TF to the command; true when it is whole. Data sets that come with one are let go.</summary>
    private bool Collect(ReadOnlySpan<byte> body)
    {
        const int maxCommand = 64 * 1024;
        var isWhole = false;
        while (!body.IsEmpty)
        {
            if (body.Length < 6 || BinaryPrimitives.ReadUInt32BigEndian(body) is var length && (length < 2 || length > body.Length - 4))
                throw new InvalidDataException("A PDV does not fit its PDU.");
            var control = body[5];
            var data = body[6..(4 + (int)length)];
            if ((control & 1) == 1)
            {
                if (_command.WrittenCount + data.Length > maxCommand)
                    throw new InvalidDataException("The command set is too long.");
                _command.Write(data);
                isWhole |= (control & 2) == 2;
            }
            body = body[(4 + (int)length)..];
        }
        return isWhole;
    }

    private static string? Comment(DimseCommand response)
    {
        if (response.OffendingElements is not { Length: > 0 } offending)
            return response.ErrorComment;
        return $"{response.ErrorComment} [{string.Join(' ', offending)}]".TrimStart();
    }

    private static AssociationPdu Accepted(DicomDestination destination, PduTransport transport, Pdu answer, string operation)
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
                    throw Failure(destination, transport, e, operation, default);
                }
            case PduType.AssociateReject when answer.Body.Length >= 4:
                var reject = answer.Body.Span;
                throw new DicomAssociationRejectedException(destination, reject[1], reject[2], reject[3]);
            case PduType.Abort:
                throw Aborted(destination, answer, operation);
            default:
                if (answer.IsClosed)
                    throw Failure(destination, transport, new EndOfStreamException("The connection was closed."), operation, default);
                transport.Abort(2, 2);
                throw Failure(destination, transport, new InvalidDataException($"PDU type {(byte)answer.Type:X2} was not expected."), operation, default);
        }
    }

    private static PresentationContext[] Answered(IReadOnlyList<PresentationContext> proposed, IReadOnlyList<PresentationContext> answers)
        => [.. proposed.Select(context => answers.FirstOrDefault(a => a.Id == context.Id) is { } answer
            ? context with
            {
                // Only a syntax that was offered in this context can be agreed on.
                Result = answer.IsAccepted && !context.TransferSyntaxes.Contains(answer.AcceptedTransferSyntax ?? "")
                    ? PresentationContextResult.TransferSyntaxesNotSupported : answer.Result,
                AcceptedTransferSyntax = answer.AcceptedTransferSyntax,
            }
            : context)];

    private static DicomAssociationAbortedException Aborted(DicomDestination destination, Pdu pdu, string operation)
    {
        var body = pdu.Body.Span;
        return new DicomAssociationAbortedException(destination, body.Length > 2 ? body[2] : (byte)0, body.Length > 3 ? body[3] : (byte)0, operation);
    }

    private static DicomNetworkException Failure(DicomDestination destination, PduTransport transport, Exception cause, string operation, TimeSpan timeout)
    {
        if (transport.HasTimedOut)
        {
            return new DicomNetworkException(DicomNetworkError.ResponseTimeout,
                $"{destination} did not answer within {timeout.TotalSeconds:0} s while {operation}. Check that it is a DICOM server, or give it more time (-Timeout).",
                RetryAdvice.BackOff, cause);
        }
        if (cause is TlsRecordException && destination.Tls is null)
            return TlsHandshake.TlsExpected(destination, cause);
        if (destination.Tls is not null && TlsHandshake.IsAlert(cause))
            return TlsHandshake.Failure(destination, null, cause);
        if (destination.Tls is not null && operation == Negotiating && cause is EndOfStreamException && !transport.HasReceived)
            return TlsHandshake.ClosedAfterwards(destination, cause);
        if (cause is InvalidDataException)
        {
            return new DicomNetworkException(DicomNetworkError.ProtocolError,
                $"{destination} does not speak DICOM as it should while {operation}: {cause.Message}", RetryAdvice.Once, cause);
        }
        return new DicomNetworkException(DicomNetworkError.ConnectionLost,
            $"The connection to {destination} was lost while {operation}: {(cause.InnerException as SocketException)?.Message ?? cause.Message}", RetryAdvice.BackOff, cause);
    }
}
