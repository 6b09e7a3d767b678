using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Connection.Tls;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>
/// Sends instances to one destination over one association at a time. The association is requested when it is needed, and reused for
/// all instances that it has contexts for. For an instance of another class or syntax a new one is requested; it proposes what was sent
/// before, too. Each instance is sent once: the caller decides on a retry.
/// </summary>
internal sealed class DicomClient : IAsyncDisposable
{
    /// <summary>How many expected instances are remembered for the next negotiation.</summary>
    public const int MaxExpected = 64;

    private const int MaxOneAtATime = 1024;

    private readonly DicomDestination _destination;
    private readonly DicomClientOptions _options;
    private readonly CancellationToken _cancellation;

    /// <summary>What was sent so far, the most recent last. A context plan starts from that end.</summary>
    private readonly List<StoreNeed> _needs = [];
    private readonly Queue<StoreNeed> _expected = new(MaxExpected);
    private readonly HashSet<StoreNeed> _proposed = [];
    private readonly Dictionary<StoreNeed, DicomNetworkException> _refused = [];
    private readonly SemaphoreSlim _gate = new(1);
    private DicomAssociation? _association;
    private TaskCompletionSource? _idle;
    private int _leases;

    /// <summary>How many instances are still to be sent one at a time, because it is not known which one made the association fail.</summary>
    private int _oneAtATime;

    /// <summary>How many these will be after the next failure. The number doubles each time.</summary>
    private int _nextOneAtATime = 1;

    /// <param name="destination">The peer, and the AE titles.</param>
    /// <param name="options">Timers and limits.</param>
    /// <param name="cancellation">Aborts the association.</param>
    public DicomClient(DicomDestination destination, DicomClientOptions options, CancellationToken cancellation = default)
        => (_destination, _options, _cancellation) = (destination, options, cancellation);

    /// <summary>How many associations were accepted so far.</summary>
    public int Associations { get; private set; }

    /// <summary>Instances that may be under way at once over the current association.</summary>
    public int Window => _association?.Window ?? 1;

    /// <summary>Requests an association for Verification, sends C-ECHO where the peer accepts it, and releases the association.</summary>
    /// <exception cref="DicomNetworkException">There is no association, or no response.</exception>
    public async Task<DicomEcho> EchoAsync()
    {
        PresentationContext[] contexts =
            [new(1, DicomUID.Verification, [DicomTransferSyntax.ImplicitVRLittleEndian.Uid, DicomTransferSyntax.ExplicitVRLittleEndian.Uid])];
        DicomAssociation association;
        try
        {
            association = await DicomAssociation.RequestAsync(_destination, contexts, _options with { MaxOperations = 1 }, _cancellation).ConfigureAwait(false);
        }
        catch (DicomNetworkException e)
        {
            var explained = await OtherProtocolCheck.ExplainAsync(_destination, e, _options.Time, _cancellation).ConfigureAwait(false);
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

    /// <summary>Announces what will be sent soon, so that the next negotiation proposes it too. It may be called while an instance is sent.</summary>
    public void Expect(StoreNeed need)
    {
        lock (_expected)
        {
            if (_expected.Count == MaxExpected)
                _expected.Dequeue();
            _expected.Enqueue(need);
        }
    }

    /// <summary>Expects what another client expects, where both send from the same queue.</summary>
    public void ExpectAs(DicomClient other)
    {
        ArgumentNullException.ThrowIfNull(other);
        StoreNeed[] known;
        lock (other._expected)
            known = [.. other._expected];
        lock (_expected)
        {
            foreach (var need in known)
                _expected.Enqueue(need);
        }
    }

    /// <summary>Whether the instance needs no further negotiation.</summary>
    public bool IsReadyFor(StoreNeed need)
    {
        lock (_proposed)
            return (_association is not null && _proposed.Contains(need)) || _refused.ContainsKey(need);
    }

    /// <summary>Requests the association for what is expected, before there is something to send.</summary>
    /// <exception cref="DicomNetworkException">There is no association.</exception>
    public async Task OpenAsync()
    {
        StoreNeed? first;
        lock (_expected)
            first = _expected.Count > 0 ? _expected.Peek() : null;
        if (first is not { } need)
            return;
        await LeaseAsync(need).ConfigureAwait(false);
        Return();
    }

    /// <summary>
    /// Sends one instance. It may be called for several at once: the beginning of each is read while it waits, and as many are under way as
    /// the peer allows.
    /// </summary>
    /// <exception cref="DicomNetworkException">It was not stored, as far as is known. The exception says why, and whether to try again.</exception>
    /// <exception cref="IOException">The instance cannot be read.</exception>
    public async Task<DicomResponse> StoreAsync(OutgoingInstance instance)
    {
        var need = instance.Need;
        while (true)
        {
            var association = await LeaseAsync(need).ConfigureAwait(false);
            try
            {
                if (association.FindContext(instance.SopClassUid, instance.Syntax) is null)
                    throw Refuse(association, need);
                var response = await association.StoreAsync(instance).ConfigureAwait(false);
                CountAnswered(association);
                return response;
            }
            catch (AssociationGoneException)
            {
                // The association failed through another instance before this one was under way: this one was not tried.
            }
            catch (DicomNetworkException e) when (e.InFlight > 1)
            {
                SendOneAtATime(e.InFlight);
                throw;
            }
            finally
            {
                Return();
            }
        }
    }

    /// <summary>
    /// Finds the transfer syntax that <see cref="StoreAsync"/> would send an instance in, and sends nothing. Its association is released
    /// at once: the next instance of another kind would need another one anyway.
    /// </summary>
    /// <returns>The UID of the syntax.</returns>
    /// <exception cref="DicomNetworkException">It would not be sent.</exception>
    public async Task<string> NegotiateAsync(StoreNeed need)
    {
        var association = await LeaseAsync(need).ConfigureAwait(false);
        try
        {
            return association.FindContext(need.SopClassUid, DicomTransferSyntax.Lookup(need.TransferSyntaxUid))?.AcceptedTransferSyntax ?? throw Refuse(association, need);
        }
        finally
        {
            Return();
            await CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Releases the association, if there is one, when it is no longer used.</summary>
    public async Task CloseAsync()
    {
        await _gate.WaitAsync(_cancellation).ConfigureAwait(false);
        try
        {
            await ReplaceAsync(null).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Aborts the association, if there is one.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _association, null) is not { } association)
            return;
        var kind = association.IsUsable || _cancellation.IsCancellationRequested ? AssociationEventKind.Aborted : AssociationEventKind.Lost;
        await association.DisposeAsync().ConfigureAwait(false);
        _options.OnAssociation?.Invoke(new AssociationEvent(kind));
    }

    /// <summary>The association for an instance. A new one is requested if it is lost or has no context for the instance. Before that, all that use the old one finish.</summary>
    private async Task<DicomAssociation> LeaseAsync(StoreNeed need)
    {
        await _gate.WaitAsync(_cancellation).ConfigureAwait(false);
        try
        {
            Remember(need);
            ThrowIfRefused(need);
            if (!Serves(need))
            {
                await IdleAsync().ConfigureAwait(false);
                // Meanwhile another instance may have been refused for the same reason.
                ThrowIfRefused(need);
                if (!Serves(need))
                    await RequestAsync(need).ConfigureAwait(false);
            }
            lock (_proposed)
                _leases++;
            return _association!;
        }
        finally
        {
            _gate.Release();
        }
    }

    private void ThrowIfRefused(StoreNeed need)
    {
        lock (_proposed)
        {
            if (_refused.TryGetValue(need, out var refusal))
                throw refusal;
        }
    }

    /// <summary>One instance at a time from now on, to find out which of them makes the association fail.</summary>
    private void SendOneAtATime(int inFlight)
    {
        lock (_proposed)
        {
            // All that were under way report the same failure.
            if (_oneAtATime > 0)
                return;
            _oneAtATime = Math.Max(inFlight, _nextOneAtATime);
            _nextOneAtATime = Math.Min(2 * _oneAtATime, MaxOneAtATime);
        }
    }

    /// <summary>Counts an instance that was answered. Once all that were under way are answered, the next association may have a window again.</summary>
    private void CountAnswered(DicomAssociation association)
    {
        lock (_proposed)
        {
            if (_oneAtATime > 0 && association.Window == 1 && --_oneAtATime == 0)
                _proposed.Clear();
        }
    }

    private bool Serves(StoreNeed need) => _association is { IsUsable: true } && _proposed.Contains(need);

    private async Task RequestAsync(StoreNeed need)
    {
        await ReplaceAsync(null).ConfigureAwait(false);
        var contexts = PresentationContextPlan.Of(Needs(need));
        var options = Volatile.Read(ref _oneAtATime) > 0 ? _options with { MaxOperations = 1 } : _options;
        await ReplaceAsync(await OpenAsync(contexts, options).ConfigureAwait(false)).ConfigureAwait(false);
        Associations++;
        lock (_proposed)
        {
            _proposed.Clear();
            // Where several syntaxes share a context the acceptor chooses one, so none of them can be relied on.
            foreach (var context in contexts.Where(c => c.TransferSyntaxes.Count == 1))
                _proposed.Add(new StoreNeed(context.AbstractSyntax, context.TransferSyntaxes[0]));
        }
    }

    private async Task ReplaceAsync(DicomAssociation? next)
    {
        await IdleAsync().ConfigureAwait(false);
        if (Interlocked.Exchange(ref _association, next) is not { } last)
            return;
        var kind = last.IsUsable ? AssociationEventKind.Released : AssociationEventKind.Lost;
        if (kind == AssociationEventKind.Released)
            await last.ReleaseAsync().ConfigureAwait(false);
        else
            await last.DisposeAsync().ConfigureAwait(false);
        _options.OnAssociation?.Invoke(new AssociationEvent(kind));
    }

    private async Task<DicomAssociation> OpenAsync(IReadOnlyList<PresentationContext> contexts, DicomClientOptions options)
    {
        options.OnAssociation?.Invoke(new AssociationEvent(AssociationEventKind.Requested, contexts.Count));
        try
        {
            var association = await DicomAssociation.RequestAsync(_destination, contexts, options, _cancellation).ConfigureAwait(false);
            options.OnAssociation?.Invoke(new AssociationEvent(AssociationEventKind.Opened, contexts.Count));
            return association;
        }
        catch (Exception e)
        {
            options.OnAssociation?.Invoke(new AssociationEvent(AssociationEventKind.Refused, contexts.Count, e));
            throw;
        }
    }

    private DicomNetworkException Refuse(DicomAssociation association, StoreNeed need)
    {
        var refusal = AssociationFailures.Refused(_destination, association.Contexts, need.SopClassUid, need.TransferSyntaxUid);
        lock (_proposed)
        {
            _refused[need] = refusal;
            // An association without any accepted context is not kept.
            if (!association.Contexts.Any(c => c.IsAccepted))
                _proposed.Clear();
        }
        return refusal;
    }

    private Task IdleAsync()
    {
        lock (_proposed)
        {
            if (_leases == 0)
                return Task.CompletedTask;
            _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    private void Return()
    {
        lock (_proposed)
        {
            if (--_leases == 0)
                _idle?.TrySetResult();
        }
    }

    /// <summary>The given one, then what is expected, then what was sent, the most recent first.</summary>
    private List<StoreNeed> Needs(StoreNeed first)
    {
        List<StoreNeed> expected;
        lock (_expected)
        {
            expected = [.. _expected];
        }
        lock (_proposed)
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
