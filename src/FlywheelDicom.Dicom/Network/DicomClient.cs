namespace FlywheelDicom.Network;

/// <summary>
/// Sends instances to one destination, over one association at a time that is made when needed and reused for all that it
/// has contexts for. An instance of another class or syntax gets a further association, which proposes what was met so far too.
/// It tries once; whoever calls decides what is worth another try.
/// </summary>
public sealed class DicomClient : IAsyncDisposable
{
    /// <summary>How many instances ahead are remembered for the next negotiation.</summary>
    public const int Horizon = 64;

    private readonly DicomDestination _destination;
    private readonly DicomClientOptions _options;
    private readonly CancellationToken _cancellation;

    /// <summary>Most recent last; a context plan starts from that end.</summary>
    private readonly List<StoreNeed> _needs = [];
    private readonly Queue<StoreNeed> _expected = new(Horizon);
    private readonly HashSet<StoreNeed> _proposed = [];
    private readonly Dictionary<StoreNeed, DicomNetworkException> _refused = [];
    private DicomAssociation? _association;

    /// <param name="destination">Who is called, and as whom.</param>
    /// <param name="options">Timers and limits.</param>
    /// <param name="cancellation">Aborts whatever association there is.</param>
    public DicomClient(DicomDestination destination, DicomClientOptions options, CancellationToken cancellation = default)
        => (_destination, _options, _cancellation) = (destination, options, cancellation);

    /// <summary>How many associations were made.</summary>
    public int Associations { get; private set; }

    /// <summary>An association for Verification alone: negotiates, and if the peer takes it, sends C-ECHO. Then it is released.</summary>
    /// <exception cref="DicomNetworkException">The destination does not answer as it should.</exception>
    public async Task<DicomEcho> EchoAsync()
    {
        PresentationContext[] contexts =
            [new(1, DicomUID.Verification, [DicomTransferSyntax.ImplicitVRLittleEndian.Uid, DicomTransferSyntax.ExplicitVRLittleEndian.Uid])];
        DicomAssociation association;
        try
        {
            association = await DicomAssociation.RequestAsync(_destination, contexts, _options, _cancellation).ConfigureAwait(false);
        }
        catch (DicomNetworkException e)
        {
            var explained = await SpeechProbe.ExplainAsync(_destination, e, _cancellation).ConfigureAwait(false);
            if (explained == e)
                throw;
            throw explained;
        }
        await using (association.ConfigureAwait(false))
        {
            var response = association.Contexts[0].IsAccepted ? await association.EchoAsync().ConfigureAwait(false) : null;
            await association.ReleaseAsync().ConfigureAwait(false);
            return new DicomEcho(response, association.Peer, association.Tls);
        }
    }

    /// <summary>Tells what comes soon, so that one negotiation serves it too. May be called while an instance is sent.</summary>
    public void Expect(DicomFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file is { Problem: null, SopClassUid: not null, TransferSyntaxUid: not null })
        {
            var need = new StoreNeed(file.SopClassUid, file.TransferSyntaxUid);
            lock (_expected)
            {
                if (_expected.Count == Horizon)
                    _expected.Dequeue();
                _expected.Enqueue(need);
            }
        }
    }

    /// <summary>Whether the instance needs no further negotiation.</summary>
    public bool IsReadyFor(DicomFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file is not { SopClassUid: not null, TransferSyntaxUid: not null })
            return true;
        var need = new StoreNeed(file.SopClassUid, file.TransferSyntaxUid);
        return (_association is not null && _proposed.Contains(need)) || _refused.ContainsKey(need);
    }

    /// <summary>Sends one instance.</summary>
    /// <exception cref="DicomNetworkException">It was not stored as far as we know; the exception says why and whether to try again.</exception>
    /// <exception cref="IOException">The instance cannot be read.</exception>
    public async Task<DicomResponse> StoreAsync(DicomFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var need = new StoreNeed(
            file.SopClassUid ?? throw new ArgumentException("The instance has no SOP Class UID.", nameof(file)),
            file.TransferSyntaxUid ?? throw new ArgumentException("The instance has no transfer syntax.", nameof(file)));
        if (_refused.TryGetValue(need, out var refusal))
            throw refusal;
        var association = await AssociationForAsync(need).ConfigureAwait(false);
        if (association.FindContext(file) is null)
        {
            var refused = _refused[need] = association.Refused(need.SopClassUid, need.TransferSyntaxUid);
            if (!association.Contexts.Any(c => c.IsAccepted))
                await CloseAsync().ConfigureAwait(false);
            throw refused;
        }
        return await association.StoreAsync(file).ConfigureAwait(false);
    }

    /// <summary>Releases the association, if there is one.</summary>
    public async Task CloseAsync()
    {
        if (_association is { } association)
        {
            _association = null;
            await association.ReleaseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Aborts the association, if there is one.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_association is { } association)
        {
            _association = null;
            await association.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<DicomAssociation> AssociationForAsync(StoreNeed need)
    {
        Remember(need);
        if (_association is { IsUsable: false })
            await DisposeAsync().ConfigureAwait(false);
        if (_association is not null && _proposed.Contains(need))
            return _association;
        await CloseAsync().ConfigureAwait(false);
        var contexts = PresentationContextPlan.Of(Needs(need));
        _association = await DicomAssociation.RequestAsync(_destination, contexts, _options, _cancellation).ConfigureAwait(false);
        Associations++;
        _proposed.Clear();
        foreach (var context in contexts)
            _proposed.Add(new StoreNeed(context.AbstractSyntax, context.TransferSyntaxes[0]));
        return _association;
    }

    /// <summary>The one at hand, then what comes soon, then what was met last.</summary>
    private List<StoreNeed> Needs(StoreNeed first)
    {
        List<StoreNeed> expected;
        lock (_expected)
        {
            expected = [.. _expected];
        }
        return [.. new[] { first }.Concat(expected).Concat(Enumerable.Reverse(_needs)).Distinct().Where(n => !_refused.ContainsKey(n))];
    }

    private void Remember(StoreNeed need)
    {
        if (_needs.Count > 0 && _needs[^1] == need)
            return;
        _needs.Remove(need);
        if (_needs.Count >= 2 * PresentationContext.MaxCount)
            _needs.RemoveAt(0);
        _needs.Add(need);
    }
}
