using System.Net.Security;
using System.Security.Cryptography;
using FlywheelDicom.IO;

namespace FlywheelDicom.Network;

/// <summary>
/// One association as its requestor (PS3.8 §7, §9.2): made, used, released. Messages may be handed in from several threads at
/// once; as many are under way as the operations window allows (PS3.7 §D.3.3.3), one as a rule, and the next is made ready
/// meanwhile. What fails inside it ends it; it is never mended.
/// </summary>
public sealed class DicomAssociation : IAsyncDisposable
{
    private const uint MaxAnswerLength = 128 * 1024;
    private const int MaxDataset = 16 * 1024 * 1024;
    private const int MaxUnasked = 16;

    private readonly PduTransport _transport;
    private readonly DicomDestination _destination;
    private readonly DicomClientOptions _options;
    private readonly MessageReader _reader;
    private readonly MessageWriterPool _writers;
    private readonly SemaphoreSlim _window;
    private readonly SemaphoreSlim _wire = new(1);
    private readonly SemaphoreSlim _reading = new(1);

    /// <summary>Messages under way, with their responses where another's reader came upon them.</summary>
    private readonly Dictionary<ushort, DimseMessage?> _underWay = [];

    /// <summary>Requests of the peer that came while a response was waited for.</summary>
    private readonly Queue<DimseMessage> _unasked = new();
    private PresentationContext? _lastContext;
    private string? _lastSyntax;
    private DicomNetworkException? _failure;
    private int _lastMessageId;
    private bool _isOver;

    private DicomAssociation(PduTransport transport, DicomDestination destination, DicomClientOptions options, AssociationPdu accept,
        IReadOnlyList<PresentationContext> contexts)
    {
        _transport = transport;
        _destination = destination;
        _options = options;
        Contexts = contexts;
        Peer = new DicomPeer(accept.MaxPduLength, accept.ImplementationClassUid, accept.ImplementationVersion);
        Window = accept.MaxOperations == 0 ? options.MaxOperations : Math.Min(accept.MaxOperations, options.MaxOperations);
        _window = new SemaphoreSlim(Window);
        _reader = new MessageReader(transport, Math.Max((uint)options.MaxPduLength, 16384), MaxDataset);
        _writers = new MessageWriterPool(() => new MessageWriter(transport, accept.MaxPduLength, options.MaxPduLength, options.WriteTimeout));
    }

    /// <summary>What was proposed, with the peer's answers.</summary>
    public IReadOnlyList<PresentationContext> Contexts { get; }

    public DicomPeer Peer { get; }

    /// <summary>Messages that may be under way at once.</summary>
    public int Window { get; }

    /// <summary>Null where the connection is a plain one.</summary>
    public DicomTlsSession? Tls { get; private init; }

    /// <summary>False after anything failed, or once the peer has closed, aborted or released.</summary>
    public bool IsUsable => !_isOver && _failure is null && (UnderWay > 0 || _transport.IsQuiet);

    private int UnderWay
    {
        get
        {
            lock (_underWay)
                return _underWay.Count;
        }
    }

    /// <summary>Connects and negotiates.</summary>
    /// <param name="destination">Who is called, and as whom.</param>
    /// <param name="contexts">At most 128.</param>
    /// <param name="options">Timers and limits.</param>
    /// <param name="cancellation">Aborts the association for as long as it lives.</param>
    /// <exception cref="DicomNetworkException">It could not be made; the exception says why.</exception>
    public static async Task<DicomAssociation> RequestAsync(
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

    private static async Task<DicomAssociation> NegotiateAsync(
        DicomDestination destination, IReadOnlyList<PresentationContext> contexts, DicomClientOptions options, CancellationToken cancellation)
    {
        var (socket, stream) = await Connector.ConnectAsync(destination, options, cancellation).ConfigureAwait(false);
        var transport = new PduTransport(socket, stream, cancellation);
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
                var cause = destination.Tls is null ? e : await LastWordAsync(transport, e).ConfigureAwait(false);
                throw AssociationFailures.Of(destination, transport, cause, AssociationFailures.Negotiating, options.AssociationTimeout);
            }
            var accept = AssociationFailures.Accepted(destination, transport, answer);
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
        var context = ContextFor(DicomUID.Verification);
        var command = new DimseCommand { Field = CommandField.EchoRequest, MessageId = NextMessageId(), SopClassUid = DicomUID.Verification };
        var (message, _) = await ExchangeAsync("waiting for the answer to C-ECHO", command.MessageId, w => w.Begin(context.Id, command)).ConfigureAwait(false);
        return new DicomResponse(message.Command.Status, Comment(message.Command), context.AcceptedTransferSyntax!, 0);
    }

    /// <summary>C-STORE (PS3.7 §9.1.1) of an instance over a context that carries it.</summary>
    /// <exception cref="DicomNetworkException">The association failed, or has no context for it.</exception>
    /// <exception cref="IOException">The file could not be read. If that was found mid-message, the association is gone too.</exception>
    public async Task<DicomResponse> StoreAsync(DicomFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var context = FindContext(file) ?? throw AssociationFailures.Refused(_destination, Contexts, file.SopClassUid!, file.TransferSyntaxUid);
        var asIs = context.AcceptedTransferSyntax == file.TransferSyntaxUid;
        using var hash = _options.ComputesDigests && asIs ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        using var dataset = hash is not null ? new DigestingStream(file.OpenDataset(), hash)
            : asIs ? file.OpenDataset() : file.OpenDataset(DicomTransferSyntax.Lookup(context.AcceptedTransferSyntax!));
        var command = new DimseCommand
        {
            Field = CommandField.StoreRequest, MessageId = NextMessageId(), HasDataset = true, SopClassUid = file.SopClassUid, SopInstanceUid = file.SopInstanceUid,
        };
        var length = asIs ? file.DatasetLength : -1;
        var (message, sent) = await ExchangeAsync("sending an instance", command.MessageId, w => w.Begin(context.Id, command, dataset, length)).ConfigureAwait(false);
        return new DicomResponse(message.Command.Status, Comment(message.Command), context.AcceptedTransferSyntax!, sent)
        {
            // What was converted on the way is known by what it was before.
            Digest = hash is not null ? Convert.ToHexString(hash.GetHashAndReset()) : _options.ComputesDigests ? DigestOf(file) : null,
        };
    }

    /// <summary>Says A-RELEASE and waits for the answer, under ARTIM; never throws but for cancellation. No message may be under way.</summary>
    public async Task ReleaseAsync()
    {
        if (!_isOver && _failure is null)
        {
            _isOver = true;
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
        Close();
    }

    /// <summary>The same where something still waits for a message: the answer ends that wait.</summary>
    internal async Task ReleaseAsync(Task pendingRead)
    {
        if (!pendingRead.IsCompleted && !_isOver && _failure is null)
        {
            _isOver = true;
            try
            {
                await _transport.WriteAsync(ControlPdu.ReleaseRequest, _options.AssociationTimeout).ConfigureAwait(false);
                await pendingRead.WaitAsync(_options.AssociationTimeout).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or InvalidDataException or TimeoutException or OperationCanceledException)
            {
                // It is over either way.
            }
            Close();
        }
        // Its failure has been told, or does not matter.
        await ((Task)pendingRead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ReleaseAsync().ConfigureAwait(false);
    }

    /// <summary>Says A-ABORT and closes.</summary>
    public void Abort()
    {
        _isOver = true;
        _transport.Abort(0, 0);
    }

    public ValueTask DisposeAsync()
    {
        if (!_isOver && _failure is null)
            Abort();
        Close();
        return default;
    }

    /// <summary>The context for an instance: in its own syntax, else in one that it can be turned into without loss.</summary>
    internal PresentationContext? FindContext(DicomFile file)
    {
        // One series has one class and syntax: mostly it is the context of the instance before.
        if (_lastContext is { } last && last.AbstractSyntax == file.SopClassUid && _lastSyntax == file.TransferSyntaxUid)
            return last;
        PresentationContext? convertible = null;
        foreach (var context in Contexts)
        {
            if (!context.IsAccepted || context.AbstractSyntax != file.SopClassUid)
                continue;
            if (context.AcceptedTransferSyntax == file.TransferSyntaxUid)
            {
                lock (_underWay)
                    (_lastContext, _lastSyntax) = (context, file.TransferSyntaxUid);
                return context;
            }
            if (file.Syntax.IsUncompressed && DicomTransferSyntax.Lookup(context.AcceptedTransferSyntax!).IsUncompressed)
                convertible ??= context;
        }
        return convertible;
    }

    /// <summary>The accepted context for a service.</summary>
    /// <exception cref="DicomNetworkException">The peer did not accept it.</exception>
    internal PresentationContext ContextFor(string sopClass)
        => Contexts.FirstOrDefault(c => c.AbstractSyntax == sopClass && c.IsAccepted) ?? throw AssociationFailures.Refused(_destination, Contexts, sopClass, null);

    /// <summary>A request with a data set, and the first message that responds to it.</summary>
    internal async Task<DimseMessage> RequestAsync(PresentationContext context, DimseCommand command, byte[] dataset, string operation)
    {
        command = command with { MessageId = NextMessageId(), HasDataset = true };
        using var stream = new MemoryStream(dataset, writable: false);
        var (message, _) = await ExchangeAsync(operation, command.MessageId, w => w.Begin(context.Id, command, stream, dataset.Length)).ConfigureAwait(false);
        return message;
    }

    /// <summary>The next message of the peer, whatever it is; a request that came earlier first.</summary>
    internal async Task<DimseMessage> NextMessageAsync(TimeSpan timeout, string operation)
    {
        if (_unasked.TryDequeue(out var unasked))
            return unasked;
        try
        {
            return await _reader.ReadAsync(timeout).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw await FailedReadAsync(e, operation, timeout).ConfigureAwait(false);
        }
    }

    /// <summary>Answers a request of the peer.</summary>
    internal async Task RespondAsync(byte contextId, DimseCommand response)
    {
        var writer = _writers.Rent();
        try
        {
            writer.Begin(contextId, response);
            await writer.SendAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw await BreakAsync(e, "answering", _options.WriteTimeout).ConfigureAwait(false);
        }
        finally
        {
            _writers.Return(writer);
        }
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

    private ushort NextMessageId() => (ushort)(((uint)Interlocked.Increment(ref _lastMessageId) - 1) % ushort.MaxValue + 1);

    private async Task<(DimseMessage Response, long Sent)> ExchangeAsync(string operation, ushort id, Action<MessageWriter> begin)
    {
        var writer = _writers.Rent();
        try
        {
            begin(writer);
            await _window.WaitAsync().ConfigureAwait(false);
            try
            {
                var sent = await SendAsync(operation, id, writer).ConfigureAwait(false);
                return (await ResponseAsync(operation, id).ConfigureAwait(false), sent);
            }
            finally
            {
                lock (_underWay)
                    _underWay.Remove(id);
                _window.Release();
            }
        }
        finally
        {
            _writers.Return(writer);
        }
    }

    private async ValueTask<long> SendAsync(string operation, ushort id, MessageWriter writer)
    {
        await _wire.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_failure is not null || _isOver)
                throw new AssociationGoneException();
            lock (_underWay)
                _underWay.Add(id, null);
            return await writer.SendAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not AssociationGoneException)
        {
            if (e is IOException and not DicomFormatException or InvalidDataException)
            {
                var failure = await BreakAsync(e, operation, _options.ResponseTimeout).ConfigureAwait(false);
                await SettleAsync(writer).ConfigureAwait(false);
                throw failure;
            }
            // The source, not the network, or the end of the run: the message cannot be finished, and its association with it.
            Fail(new DicomNetworkException(DicomNetworkError.ConnectionLost,
                $"The association with {_destination} was given up, since another instance could not be finished.", RetryAdvice.BackOff));
            await SettleAsync(writer).ConfigureAwait(false);
            throw;
        }
        finally
        {
            _wire.Release();
        }
    }

    /// <summary>Whoever waits for a response reads for all that wait.</summary>
    private async ValueTask<DimseMessage> ResponseAsync(string operation, ushort id)
    {
        await _reading.WaitAsync().ConfigureAwait(false);
        try
        {
            while (true)
            {
                lock (_underWay)
                {
                    if (_underWay[id] is { } arrived)
                        return arrived;
                }
                if (_failure is { } failure)
                {
                    _transport.ThrowIfCancelled();
                    throw failure;
                }
                var message = await _reader.ReadAsync(_options.ResponseTimeout).ConfigureAwait(false);
                var responded = message.Command.RespondedTo;
                if (message.Command.IsResponse && responded == id)
                    return message;
                Keep(message, id);
            }
        }
        catch (Exception e) when (e is (IOException and not DicomNetworkException) or InvalidDataException)
        {
            throw await FailedReadAsync(e, operation, _options.ResponseTimeout).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Fail(new DicomNetworkException(DicomNetworkError.ConnectionLost, $"The association with {_destination} was cancelled.", RetryAdvice.Never));
            throw;
        }
        finally
        {
            _reading.Release();
        }
    }

    private void Keep(DimseMessage message, ushort awaited)
    {
        if (!message.Command.IsResponse)
        {
            if (_unasked.Count >= MaxUnasked)
                throw new InvalidDataException("Requests came where responses were due.");
            _unasked.Enqueue(message);
            return;
        }
        lock (_underWay)
        {
            var responded = message.Command.RespondedTo;
            if (!_underWay.TryGetValue(responded, out var other) || other is not null)
                throw new InvalidDataException($"The response is for message {responded}, not for {awaited}.");
            _underWay[responded] = message;
        }
    }

    private async Task<DicomNetworkException> FailedReadAsync(Exception cause, string operation, TimeSpan timeout)
    {
        if (cause is PeerReleasedException)
        {
            try
            {
                await _transport.WriteAsync(ControlPdu.ReleaseResponse, _options.AssociationTimeout).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // It has gone already.
            }
        }
        return Fail(AssociationFailures.Of(_destination, _transport, cause, operation, timeout));
    }

    /// <summary>
    /// Ends the association for all that use it. A write fails where the peer gave up: what it said of that may still be in our
    /// receive buffer.
    /// </summary>
    private async Task<DicomNetworkException> BreakAsync(Exception cause, string operation, TimeSpan timeout)
    {
        var last = TimeSpan.FromMilliseconds(500);
        if (!_transport.HasTimedOut && cause is not PeerAbortedException && await _reading.WaitAsync(last).ConfigureAwait(false))
        {
            try
            {
                for (var unread = 0; unread < MaxUnasked && _failure is null; unread++)
                    await _reader.ReadAsync(last).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                if (e is PeerAbortedException)
                    cause = e;
            }
            finally
            {
                _reading.Release();
            }
            // That wait for a last word is not the timeout to tell of.
            return Fail(AssociationFailures.Of(_destination, _transport, cause, operation, timeout, wasWaiting: false));
        }
        return Fail(AssociationFailures.Of(_destination, _transport, cause, operation, timeout));
    }

    /// <summary>The first failure is the one to tell, to all whose messages were under way.</summary>
    private DicomNetworkException Fail(DicomNetworkException failure)
    {
        failure.InFlight = Math.Max(1, UnderWay);
        failure = Interlocked.CompareExchange(ref _failure, failure, null) ?? failure;
        _transport.Abort(0, 0);
        return failure;
    }

    private static async Task SettleAsync(MessageWriter writer)
    {
        try
        {
            await writer.DrainAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The failure that brought us here is the one to tell.
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

    private static string? Comment(DimseCommand response)
    {
        if (response.OffendingElements is not { Length: > 0 } offending)
            return response.ErrorComment;
        return $"{response.ErrorComment} [{string.Join(' ', offending)}]".TrimStart();
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

    private void Close()
    {
        _transport.Dispose();
        _writers.Dispose();
    }
}
