using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>
/// One association as its requestor (PS3.8 §7, §9.2). Several threads may send messages at once. As many are under way as the operations
/// window allows (PS3.7 §D.3.3.3), which is one for most peers; the next one is prepared meanwhile. Any failure ends the association.
/// </summary>
internal sealed class DicomAssociation : IAsyncDisposable
{
    private readonly DicomDestination _destination;
    private readonly DicomClientOptions _options;
    private readonly MessageExchange _exchange;
    private readonly AcceptedContexts _accepted;

    /// <summary>The first one is random, so that a peer cannot answer a request before it has read it.</summary>
    private int _lastMessageId = Random.Shared.Next(ushort.MaxValue);

    private DicomAssociation(DicomDestination destination, DicomClientOptions options, NegotiatedAssociation negotiated)
    {
        var accept = negotiated.Accept;
        (_destination, _options, Contexts, Tls) = (destination, options, negotiated.Contexts, negotiated.Tls);
        Peer = new DicomPeer(accept.MaxPduLength, accept.ImplementationClassUid, accept.ImplementationVersion);
        Window = accept.MaxOperations == 0 ? options.MaxOperations : Math.Min(accept.MaxOperations, options.MaxOperations);
        _accepted = new AcceptedContexts(Contexts);
        _exchange = new MessageExchange(negotiated.Transport, destination, options, accept.MaxPduLength, Window);
    }

    /// <summary>What was proposed, with the peer's answers.</summary>
    public IReadOnlyList<PresentationContext> Contexts { get; }

    public DicomPeer Peer { get; }

    /// <summary>Messages that may be under way at once.</summary>
    public int Window { get; }

    /// <summary>The TLS session; null for a plain connection.</summary>
    public DicomTlsSession? Tls { get; }

    /// <summary>False after anything failed, or once the peer has closed, aborted or released.</summary>
    public bool IsUsable => _exchange.IsUsable;

    /// <summary>Connects and negotiates.</summary>
    /// <param name="destination">The peer, and the AE titles.</param>
    /// <param name="contexts">At most 128.</param>
    /// <param name="options">Timers and limits.</param>
    /// <param name="cancellation">Aborts the association for as long as it lives.</param>
    /// <exception cref="DicomNetworkException">It could not be made; the exception says why.</exception>
    public static async Task<DicomAssociation> RequestAsync(
        DicomDestination destination, IReadOnlyList<PresentationContext> contexts, DicomClientOptions options, CancellationToken cancellation)
        => new(destination, options, await AssociationRequestor.RequestAsync(destination, contexts, options, cancellation).ConfigureAwait(false));

    /// <summary>C-ECHO (PS3.7 §9.1.5).</summary>
    /// <exception cref="DicomNetworkException">There was no answer, or no context for it.</exception>
    public async Task<DicomResponse> EchoAsync()
    {
        var context = ContextFor(DicomUID.Verification);
        var command = new DimseCommand { Field = CommandField.EchoRequest, MessageId = NextMessageId(), SopClassUid = DicomUID.Verification };
        var (message, _) = await _exchange.ExchangeAsync(
            "waiting for the answer to C-ECHO", new MessageUnderWay(context.Id, command), w => w.Begin(context.Id, command)).ConfigureAwait(false);
        return new DicomResponse(message.Command.Status, Comment(message.Command), context.AcceptedTransferSyntax!, 0);
    }

    /// <summary>C-STORE (PS3.7 §9.1.1) of an instance.</summary>
    /// <exception cref="DicomNetworkException">The association failed, or has no context for it.</exception>
    /// <exception cref="IOException">The data set could not be read. If the message had begun, the association has ended too.</exception>
    public async Task<DicomResponse> StoreAsync(OutgoingInstance instance)
    {
        var context = FindContext(instance.SopClassUid, instance.Syntax) ?? throw AssociationFailures.Refused(_destination, Contexts, instance.SopClassUid, instance.Syntax.Uid);
        var isConverted = context.AcceptedTransferSyntax != instance.Syntax.Uid;
        using var dataset = instance.Open(isConverted ? DicomTransferSyntax.Lookup(context.AcceptedTransferSyntax!) : instance.Syntax);
        if (_options.ComputesDigests && !isConverted)
            dataset.BeginDigest();
        var command = new DimseCommand
        {
            Field = CommandField.StoreRequest, MessageId = NextMessageId(), HasDataset = true, SopClassUid = instance.SopClassUid, SopInstanceUid = instance.SopInstanceUid,
        };
        var (message, sent) = await _exchange.ExchangeAsync(
            "sending an instance", new MessageUnderWay(context.Id, command), w => w.Begin(context, command, dataset)).ConfigureAwait(false);
        return new DicomResponse(message.Command.Status, Comment(message.Command), context.AcceptedTransferSyntax!, sent)
        {
            // The digest is always that of the instance's own syntax.
            Digest = dataset.Digest() ?? (_options.ComputesDigests ? DigestOf(instance) : null),
        };
    }

    /// <summary>Sends A-RELEASE-RQ and waits for the response, under ARTIM. It throws only when cancelled. No message may be under way.</summary>
    public async Task ReleaseAsync()
    {
        await _exchange.ReleaseAsync().ConfigureAwait(false);
        _exchange.Dispose();
    }

    /// <summary>Sends A-ABORT and closes.</summary>
    public void Abort() => _exchange.Abort();

    public ValueTask DisposeAsync()
    {
        _exchange.Abort();
        return default;
    }

    /// <summary>The context for an instance: in its own syntax, else in one that it can be converted to without loss; null where there is none.</summary>
    internal PresentationContext? FindContext(string sopClassUid, DicomTransferSyntax syntax) => _accepted.For(sopClassUid, syntax);

    /// <summary>The accepted context for a service.</summary>
    /// <exception cref="DicomNetworkException">The peer did not accept it.</exception>
    internal PresentationContext ContextFor(string sopClass) => _accepted.For(sopClass) ?? throw AssociationFailures.Refused(_destination, Contexts, sopClass, null);

    /// <summary>Sends a request with a data set in the context's transfer syntax, and waits for the final response.</summary>
    /// <param name="context">An accepted one.</param>
    /// <param name="command">The request.</param>
    /// <param name="dataset">Its data set.</param>
    /// <param name="operation">What is being done, for messages about failures.</param>
    /// <param name="onPending">Takes the pending responses. It returns true if one brought something new: then the time-out starts again.</param>
    internal async Task<DimseMessage> RequestAsync(
        PresentationContext context, DimseCommand command, byte[] dataset, string operation, Func<DimseMessage, bool>? onPending = null)
    {
        command = command with { MessageId = NextMessageId(), HasDataset = true };
        using var outgoing = new OutgoingDataset(new MemoryStream(dataset, writable: false), context.AcceptedTransferSyntax!, dataset.Length);
        var (message, _) = await _exchange.ExchangeAsync(
            operation, new MessageUnderWay(context.Id, command) { OnPending = onPending }, w => w.Begin(context, command, outgoing)).ConfigureAwait(false);
        return message;
    }

    /// <summary>A time from now, as <see cref="NextRequestAsync"/> takes it.</summary>
    internal long DeadlineIn(TimeSpan timeout) => _exchange.DeadlineIn(timeout);

    /// <summary>The next request of the peer, in the order in which they arrive.</summary>
    /// <param name="deadline">From <see cref="DeadlineIn"/>. It is one time limit for all requests that are waited for with it.</param>
    /// <param name="operation">What is being done, for messages about failures.</param>
    internal Task<DimseMessage> NextRequestAsync(long deadline, string operation) => _exchange.NextRequestAsync(deadline, operation);

    /// <summary>Answers a request of the peer.</summary>
    internal Task RespondAsync(byte contextId, DimseCommand response) => _exchange.RespondAsync(contextId, response);

    /// <summary>Releases while a request of the peer is waited for. The response to the release ends that wait.</summary>
    internal Task ReleaseAsync(Task waiting) => _exchange.ReleaseAsync(waiting);

    /// <summary>Null where the data set cannot be read again. The instance was stored all the same.</summary>
    private static string? DigestOf(OutgoingInstance instance)
    {
        try
        {
            using var dataset = instance.Open(instance.Syntax);
            dataset.BeginDigest();
            dataset.Content.CopyTo(Stream.Null, 128 * 1024);
            return dataset.Digest();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private ushort NextMessageId() => (ushort)(((uint)Interlocked.Increment(ref _lastMessageId) - 1) % ushort.MaxValue + 1);

    private static string? Comment(DimseCommand response)
    {
        if (response.OffendingElements is not { Length: > 0 } offending)
            return response.ErrorComment;
        return $"{response.ErrorComment} [{string.Join(' ', offending)}]".TrimStart();
    }
}
