using System.Buffers;
using System.Buffers.Binary;

namespace FlywheelDicom.Network;

/// <summary>One association as its acceptor (PS3.8 §9.2): answers C-ECHO and C-STORE, refuses the rest by the book.</summary>
internal sealed class ServerAssociation(DicomServer server, DicomServerOptions options, PduTransport transport, bool isWithinLimit)
{
    private const uint MaxRequestLength = 128 * 1024;
    private const int MaxCommandLength = 64 * 1024;
    private const ushort MaxOperations = 32;
    private const int MaxReportLength = 16 * 1024 * 1024;

    private readonly Dictionary<byte, PresentationContext> _contexts = [];
    private readonly ArrayBufferWriter<byte> _command = new(512);
    private readonly byte[] _response = new byte[DimseCommand.MaxLength + 12];
    private string _callingAE = "";
    private DimseCommand? _pending;
    private byte _pendingContext;
    private StoreTarget? _target;
    private ArrayBufferWriter<byte>? _report;
    private DicomStatus _outcome;
    private string? _comment;
    private long _received;

    public async Task RunAsync()
    {
        try
        {
            if (!await AcceptAsync().ConfigureAwait(false))
                return;
            while (await NextAsync().ConfigureAwait(false))
            {
                // One PDU at a time until the caller releases, aborts or goes.
            }
        }
        finally
        {
            _target?.Dispose();
        }
    }

    private async Task<bool> AcceptAsync()
    {
        var pdu = await transport.ReadAsync(MaxRequestLength, options.ArtimTimeout).ConfigureAwait(false);
        if (pdu.IsClosed)
            return false;
        if (pdu.Type != PduType.AssociateRequest)
        {
            transport.Abort(2, pdu.Type is > PduType.Abort or 0 ? (byte)1 : (byte)2);
            return false;
        }
        var request = AssociationPdu.Decode(pdu.Body.Span, PduType.AssociateRequest);
        if (Refusal(request) is { } refusal)
        {
            server.CountRejected();
            await transport.WriteAsync(refusal, options.ArtimTimeout).ConfigureAwait(false);
            await AwaitCloseAsync().ConfigureAwait(false);
            return false;
        }
        _callingAE = request.CallingAE;
        var answers = request.Contexts.Select(Answer).ToList();
        foreach (var answer in answers)
            _contexts[answer.Id] = answer;
        var accept = request with
        {
            Contexts = answers, MaxPduLength = (uint)options.MaxPduLength, ProtocolVersion = 1,
            ImplementationClassUid = DicomUID.ImplementationClass, ImplementationVersion = DicomUID.ImplementationVersion,
            // They are worked off one after the other, but the next may be on its way meanwhile.
            MaxOperations = request.MaxOperations == 0 ? MaxOperations : Math.Min(request.MaxOperations, MaxOperations),
            // An archive that reports is the requestor, and yet the SCP of storage commitment.
            Roles = [.. request.Roles.Where(r => r.SopClassUid == DicomUID.StorageCommitment).Select(r => r with { IsScu = false })],
        };
        PeerLimit = request.MaxPduLength;
        server.CountAccepted();
        await transport.WriteAsync(accept.Encode(PduType.AssociateAccept), options.ArtimTimeout).ConfigureAwait(false);
        return true;
    }

    private uint PeerLimit { get; set; }

    private byte[]? Refusal(AssociationPdu request)
    {
        if ((request.ProtocolVersion & 1) == 0)
            return ControlPdu.Reject(1, 2, 2);
        if (request.ApplicationContext != DicomUID.ApplicationContext)
            return ControlPdu.Reject(1, 1, 2);
        if (options.AETitle is { } title && request.CalledAE != title)
            return ControlPdu.Reject(1, 1, 7);
        return isWithinLimit ? null : ControlPdu.Reject(2, 3, 2);
    }

    /// <summary>Verification in the default syntax, storage in whatever the caller likes best.</summary>
    private PresentationContext Answer(PresentationContext proposed)
    {
        var isStorage = options.Sink is not null && DicomUID.MayBeStorageClass(proposed.AbstractSyntax);
        var isService = proposed.AbstractSyntax == DicomUID.Verification || (options.OnCommitment is not null && proposed.AbstractSyntax == DicomUID.StorageCommitment);
        if (!isStorage && !isService)
            return proposed with { Result = PresentationContextResult.AbstractSyntaxNotSupported };
        var syntax = proposed.TransferSyntaxes.FirstOrDefault(s => DicomUID.IsValid(s) && (!isService || DicomTransferSyntax.Lookup(s).IsUncompressed));
        return syntax is null
            ? proposed with { Result = PresentationContextResult.TransferSyntaxesNotSupported }
            : proposed with { Result = PresentationContextResult.Accepted, AcceptedTransferSyntax = syntax };
    }

    private async Task<bool> NextAsync()
    {
        var pdu = await transport.ReadAsync((uint)options.MaxPduLength, options.IdleTimeout).ConfigureAwait(false);
        switch (pdu.Type)
        {
            case PduType.Data:
                for (var body = pdu.Body; !body.IsEmpty;)
                    body = await TakeAsync(body).ConfigureAwait(false);
                return true;
            case PduType.ReleaseRequest:
                await transport.WriteAsync(ControlPdu.ReleaseResponse, options.ArtimTimeout).ConfigureAwait(false);
                await AwaitCloseAsync().ConfigureAwait(false);
                return false;
            case PduType.Abort:
                return false;
            default:
                if (!pdu.IsClosed)
                    transport.Abort(2, pdu.Type > PduType.Abort ? (byte)1 : (byte)2);
                return false;
        }
    }

    /// <summary>One PDV; returns what follows it in the PDU.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> TakeAsync(ReadOnlyMemory<byte> body)
    {
        var rest = body;
        if (!Pdv.TryTake(ref rest, out var pdv))
            return Malformed();
        var (context, isCommand, isLast, data) = pdv;
        if (isCommand)
        {
            if (_pending is not null || _command.WrittenCount + data.Length > MaxCommandLength)
                return Malformed();
            _command.Write(data.Span);
            if (isLast)
                await BeginAsync(context).ConfigureAwait(false);
            return rest;
        }
        if (_pending is null || context != _pendingContext)
            return Malformed();
        Store(data.Span);
        if (isLast)
            await FinishAsync().ConfigureAwait(false);
        return rest;
    }

    private ReadOnlyMemory<byte> Malformed()
    {
        transport.Abort(2, 6);
        throw new InvalidDataException("The caller's P-DATA-TF makes no sense.");
    }

    private async ValueTask BeginAsync(byte context)
    {
        var command = DimseCommand.Decode(_command.WrittenSpan);
        _command.ResetWrittenCount();
        if (!_contexts.TryGetValue(context, out var presentation) || !presentation.IsAccepted)
            Malformed();
        _pending = command;
        _pendingContext = context;
        (_received, _outcome, _comment) = (0, DicomStatus.Success, null);
        if (command.Field == CommandField.StoreRequest && command.HasDataset)
            Open(command, presentation!);
        else if (command is { Field: CommandField.EventReportRequest, HasDataset: true } && options.OnCommitment is not null)
            _report = new ArrayBufferWriter<byte>();
        else if (command.Field != CommandField.EchoRequest)
            _outcome = DicomStatus.UnrecognizedOperation;
        if (!command.HasDataset)
            await FinishAsync().ConfigureAwait(false);
    }

    private void Open(DimseCommand command, PresentationContext presentation)
    {
        if (command.SopClassUid != presentation.AbstractSyntax)
        {
            Refuse(DicomStatus.SopClassNotSupported, "class differs from its presentation context");
            return;
        }
        if (string.IsNullOrEmpty(command.SopInstanceUid))
        {
            Refuse(DicomStatus.CannotUnderstand, "no SOP Instance UID");
            return;
        }
        if (options.Sink is not { } sink)
        {
            Refuse(DicomStatus.SopClassNotSupported, "nothing is stored here");
            return;
        }
        Guarded(() => _target = sink.Begin(command.SopClassUid!, command.SopInstanceUid, presentation.AcceptedTransferSyntax!, _callingAE));
    }

    private void Store(ReadOnlySpan<byte> data)
    {
        _received += data.Length;
        if (_report is not null && _received <= MaxReportLength)
            _report.Write(data);
        if (_target is null)
            return;
        try
        {
            _target.Write(data);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            OutOfResources(e);
        }
    }

    private async ValueTask FinishAsync()
    {
        var request = _pending!.Value;
        _pending = null;
        if (_target is { } target)
        {
            Guarded(target.Complete);
            target.Dispose();
            _target = null;
        }
        if (_report is { } report)
        {
            _report = null;
            if (!Report(report))
                (_outcome, _comment) = (DicomStatus.ProcessingFailure, "no such transaction");
        }
        // Counted before it is answered, so that whoever has the answer finds the count.
        if (request.Field == CommandField.StoreRequest && _outcome.State != DicomState.Failure)
            server.Count(_received);
        var response = new DimseCommand
        {
            Field = (CommandField)((ushort)request.Field | 0x8000), RespondedTo = request.MessageId, Status = _outcome, ErrorComment = _comment,
            SopClassUid = request.SopClassUid, SopInstanceUid = request.SopInstanceUid, TypeId = request.TypeId,
        };
        await RespondAsync(response).ConfigureAwait(false);
    }

    private bool Report(ArrayBufferWriter<byte> dataset)
    {
        try
        {
            var syntax = DicomTransferSyntax.Lookup(_contexts[_pendingContext].AcceptedTransferSyntax!);
            return dataset.WrittenCount == _received && options.OnCommitment!(CommitmentReport.Decode(dataset.WrittenSpan.ToArray(), syntax));
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private async ValueTask RespondAsync(DimseCommand response)
    {
        if (PeerLimit is not 0 and < 512)
        {
            using var writer = new MessageWriter(transport, PeerLimit, options.MaxPduLength, options.ArtimTimeout);
            writer.Begin(_pendingContext, response);
            await writer.SendAsync().ConfigureAwait(false);
            return;
        }
        var length = response.Encode(_response.AsSpan(12));
        _response[0] = (byte)PduType.Data;
        BinaryPrimitives.WriteUInt32BigEndian(_response.AsSpan(2), (uint)(length + 6));
        BinaryPrimitives.WriteUInt32BigEndian(_response.AsSpan(6), (uint)(length + 2));
        _response[10] = _pendingContext;
        _response[11] = 3;
        await transport.WriteAsync(_response.AsMemory(0, 12 + length), options.ArtimTimeout).ConfigureAwait(false);
    }

    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (InvalidDataException)
        {
            Refuse(DicomStatus.CannotUnderstand, "SOP Instance UID is not a UID");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            OutOfResources(e);
        }
    }

    private void OutOfResources(Exception e) => Refuse(DicomStatus.OutOfResources, "cannot be written: " + e.GetType().Name);

    private void Refuse(DicomStatus status, string comment)
    {
        (_outcome, _comment) = (status, comment);
        _target?.Dispose();
        _target = null;
    }

    /// <summary>State 13: the caller closes first, or ARTIM does (PS3.8 §9.2.3).</summary>
    private async Task AwaitCloseAsync()
    {
        while (await transport.ReadAsync(MaxRequestLength, options.ArtimTimeout).ConfigureAwait(false) is { IsClosed: false, Type: not PduType.Abort })
        {
            // Whatever still comes is let go.
        }
    }
}
