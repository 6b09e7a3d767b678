using System.Buffers;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scp;

/// <summary>The messages of one association as its acceptor. C-ECHO and C-STORE are processed. All others are refused, as the standard requires
/// (PS3.7 §9, §10).</summary>
/// <exception cref="InvalidDataException">From any method: what arrived breaks the protocol, and the association must be aborted.</exception>
internal sealed class ServerMessages(
    DicomServer server, DicomServerOptions options, PduTransport transport, ServerNegotiation negotiation, AssociationPdu accepted, uint peerLimit) : IDisposable
{
    private const int MaxCommandLength = 64 * 1024;
    private const int MaxReportLength = 16 * 1024 * 1024;
    private const int MaxEmptyFragments = 16;

    /// <summary>Bytes per second. A message that arrives more slowly is given up after some time.</summary>
    private const double LeastSpeed = 1024;

    private readonly Dictionary<byte, PresentationContext> _contexts = accepted.Contexts.Where(c => c.IsAccepted).ToDictionary(c => c.Id);
    private readonly ArrayBufferWriter<byte> _command = new(512);
    private readonly byte[] _response = new byte[DimseCommand.MaxLength + 12];
    private DimseCommand? _pending;
    private byte _context;
    private IncomingInstance? _instance;
    private ArrayBufferWriter<byte>? _report;
    private Deadline _deadline;
    private int _emptyFragments;
    private long _received;
    private bool _isInMessage;

    /// <summary>How long the next PDU may take. A message that arrives slowly has a limit too.</summary>
    public TimeSpan NextPduTimeout
    {
        get
        {
            if (!_isInMessage)
                return options.IdleTimeout;
            var left = _deadline.RemainingWith(TimeSpan.FromSeconds(_received / LeastSpeed));
            return left < options.IdleTimeout ? left : options.IdleTimeout;
        }
    }

    /// <summary>All PDVs of a P-DATA-TF.</summary>
    public async ValueTask TakeAsync(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            throw new InvalidDataException("A P-DATA-TF holds no PDV.");
        while (!body.IsEmpty)
        {
            if (!Pdv.TryTake(ref body, out var pdv))
                throw new InvalidDataException("A PDV does not fit its PDU.");
            Begin(pdv);
            if (pdv.IsCommand)
                await TakeCommandAsync(pdv).ConfigureAwait(false);
            else
                await TakeDatasetAsync(pdv).ConfigureAwait(false);
        }
    }

    public void Dispose() => _instance?.Dispose();

    /// <summary>Fragments of one message are never mixed with another's (PS3.7 Annex E).</summary>
    private void Begin(Pdv pdv)
    {
        if (!_isInMessage)
        {
            if (!_contexts.ContainsKey(pdv.ContextId))
                throw new InvalidDataException("A message came over a presentation context that was not accepted.");
            (_isInMessage, _context, _received, _emptyFragments) = (true, pdv.ContextId, 0, 0);
            _deadline = new Deadline(options.Time, options.IdleTimeout);
        }
        if (pdv.ContextId != _context || pdv.IsCommand == _pending is not null)
            throw new InvalidDataException("A fragment does not belong to the message before it.");
        if (pdv.Data.IsEmpty && !pdv.IsLast && ++_emptyFragments > MaxEmptyFragments)
            throw new InvalidDataException("Fragments came without data.");
    }

    private async ValueTask TakeCommandAsync(Pdv pdv)
    {
        if (_command.WrittenCount + pdv.Data.Length > MaxCommandLength)
            throw new InvalidDataException("The command set is too long.");
        _command.Write(pdv.Data.Span);
        if (!pdv.IsLast)
            return;
        var command = DimseCommand.Decode(_command.WrittenSpan);
        _command.ResetWrittenCount();
        if (command.Field == 0 || command.IsResponse || command.SopClassUid is { Length: > 64 } || command.SopInstanceUid is { Length: > 64 })
            throw new InvalidDataException("The command set is no request, or holds a UID that is too long.");
        if (command.Field == CommandField.CancelRequest)
        {
            // What it would cancel was answered already. It has no response (PS3.7 §9.3.2.3).
            _isInMessage = false;
            return;
        }
        _pending = command;
        Open(command);
        if (!command.HasDataset)
            await FinishAsync().ConfigureAwait(false);
    }

    private async ValueTask TakeDatasetAsync(Pdv pdv)
    {
        _received += pdv.Data.Length;
        if (_report is not null && _received <= MaxReportLength)
            _report.Write(pdv.Data.Span);
        _instance?.Write(pdv.Data.Span);
        if (pdv.IsLast)
            await FinishAsync().ConfigureAwait(false);
    }

    private void Open(DimseCommand command)
    {
        if (command.Field == CommandField.StoreRequest)
        {
            _instance = new IncomingInstance();
            OpenStore(_instance, command, _contexts[_context]);
        }
        else if (command.IsCommitmentReport && options.OnEventReport is not null && _contexts[_context].AbstractSyntax == DicomUID.StorageCommitment)
            _report = new ArrayBufferWriter<byte>();
    }

    private void OpenStore(IncomingInstance instance, DimseCommand command, PresentationContext context)
    {
        if (command.SopClassUid != context.AbstractSyntax)
            instance.Refuse(DicomStatus.SopClassNotSupported, "class differs from its presentation context");
        else if (!negotiation.IsStorage(context.AbstractSyntax))
            instance.Refuse(DicomStatus.SopClassNotSupported, "nothing of this class is stored here");
        else if (string.IsNullOrEmpty(command.SopInstanceUid))
            instance.Refuse(DicomStatus.CannotUnderstand, "no SOP Instance UID");
        else if (!command.HasDataset)
            instance.Refuse(DicomStatus.CannotUnderstand, "no data set");
        else
            instance.Begin(options.Sink!, command, context.AcceptedTransferSyntax!, accepted.CallingAE);
    }

    private async ValueTask FinishAsync()
    {
        var request = _pending!.Value;
        _pending = null;
        _isInMessage = false;
        var (status, comment) = Outcome(request);
        // It is counted before it is answered, so that the count is right when the answer arrives.
        if (request.Field == CommandField.StoreRequest && status.State != DicomState.Failure)
            server.Count(_received);
        var response = new DimseCommand
        {
            Field = (CommandField)((ushort)request.Field | 0x8000), RespondedTo = request.MessageId, Status = status, ErrorComment = comment,
            SopClassUid = Repeated(request.SopClassUid), SopInstanceUid = Repeated(request.SopInstanceUid), TypeId = request.TypeId,
        };
        await RespondAsync(response).ConfigureAwait(false);
    }

    private (DicomStatus Status, string? Comment) Outcome(DimseCommand request)
    {
        if (_instance is { } instance)
        {
            _instance = null;
            if (_received == 0 && instance.Status == DicomStatus.Success)
                instance.Refuse(DicomStatus.CannotUnderstand, "the data set is empty");
            instance.Complete();
            return (instance.Status, instance.Comment);
        }
        if (_report is { } report)
        {
            _report = null;
            return Report(report) ? (DicomStatus.Success, null) : (DicomStatus.ProcessingFailure, "no such transaction");
        }
        return request.Field == CommandField.EchoRequest ? (DicomStatus.Success, null) : (DicomStatus.UnrecognizedOperation, null);
    }

    private bool Report(ArrayBufferWriter<byte> dataset)
    {
        try
        {
            var syntax = DicomTransferSyntax.Lookup(_contexts[_context].AcceptedTransferSyntax!);
            return dataset.WrittenCount == _received && options.OnEventReport!(dataset.WrittenSpan.ToArray(), syntax);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private async ValueTask RespondAsync(DimseCommand response)
    {
        if (peerLimit is not 0 and < 512)
        {
            using var writer = new MessageWriter(transport, peerLimit, options.MaxPduLength, options.ArtimTimeout);
            writer.Begin(_context, response);
            await writer.SendAsync().ConfigureAwait(false);
            return;
        }
        var length = response.Encode(_response.AsSpan(Pdv.HeaderSize));
        Pdv.WriteHeader(_response, _context, PdvFlags.Command | PdvFlags.Last, length);
        await transport.WriteAsync(_response.AsMemory(0, Pdv.HeaderSize + length), options.ArtimTimeout).ConfigureAwait(false);
    }

    /// <summary>A UID that is not valid is left out of the response, where it is optional.</summary>
    private static string? Repeated(string? uid) => uid is not null && ServerNegotiation.IsUidLike(uid) ? uid : null;
}
