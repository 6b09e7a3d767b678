using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Connection.Tls;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>
/// Sends instances to one destination, over one association at a time that is made when needed and reused for all that it
/// has contexts for. An instance of another class or syntax gets a further association, which proposes what was met so far too.
/// It tries once; whoever calls decides what is worth another try.
/// </summary>
internal sealed class DicomClient : IAsyncDisposable
{
    /// <summary>How many instances ahead are remembered for the next negotiation.</summary>
    public const int MaxExpected = 64;

    private const int MaxOneAtATime = 1024;

    private readonly DicomDestination _destination;
    private readonly DicomClientOptions _options;
    private readonly CancellationToken _cancellation;

    /// <summary>Most recent last; a context plan starts from that end.</summary>
    private readonly List<StoreNeed> _needs = [];
    private readonly Queue<StoreNeed> _expected = new(MaxExpected);
    private readonly HashSet<StoreNeed> _proposed = [];
    private readonly Dictionary<StoreNeed, DicomNetworkException> _refused = [];
    private readonly SemaphoreSlim _gate = new(1);
    private DicomAssociation? _association;
    private TaskCompletionSource? _idle;
    private int _leases;

    /// <summary>Instances that are still to be answered one at a time, since it is not known which one the peer could not take.</summary>
    private int _oneAtATime;

    /// <summary>How many that will be after the next loss: twice as many each time, so that one bad instance costs less and less.</summary>
    private int _nextOneAtATime = 1;

    /// <param name="destination">Who is called, and as whom.</param>
    /// <param name="options">Timers and limits.</param>
    /// <param name="cancellation">Aborts whatever association there is.</param>
    public DicomClient(DicomDestination destination, DicomClientOptions options, CancellationToken cancellation = default)
        => (_destination, _options, _cancellation) = (destination, options, cancellation);

    /// <summary>How many associations were made.</summary>
    public int Associations { get; private set; }

    /// <summary>Instances that may be under way at once over the association at hand.</summary>
    public int Window => _association?.Window ?? 1;

    /// <summary>An association for Verification alone: negotiates, and if the peer takes it, sends C-ECHO. Then it is released.</summary>
    /// <exception cref="DicomNetworkException">The destination does not answer as it should.</exception>
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

    /// <summary>Tells what comes soon, so that one negotiation serves it too. May be called while an instance is sent.</summary>
    public void Expect(StoreNeed need)
    {
        lock (_expected)
        {
            if (_expected.Count == MaxExpected)
                _expected.Dequeue();
            _expected.Enqueue(need);
        }
    }

    /// <summary>Tells what another client was told last, where both are fed from one stream.</summary>
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

    /// <summary>Makes the association for what is expected, before there is something to send.</summary>
    /// <exception cref="DicomNetworkException">It could not be made.</exception>
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
    /// Sends one instance. Several may be handed in at once: each is read ahead while it waits for its turn, and as many are
    /// under way as the peer allows.
    /// </summary>
    /// <exception cref="DicomNetworkException">It was not stored as far as we know; the exception says why and whether to try again.</exception>
    /// <exception cref="IOException">The instance cannot be read.</exception>
    public async Task<DicomResponse> StoreAsync(OutgoingInstance instance)
    {
        var need = instance.Need;
        while (true)
        {
            var association = await LeaseAsync(need).ConfigureAwait(false);
            try
            {
                if (association.FindContext(instance) is null)
                    throw Refuse(association, need);
                var response = await association.StoreAsync(instance).ConfigureAwait(false);
                CountAnswered(association);
                return response;
            }
            catch (AssociationGoneException)
            {
                // Another instance has cost it before this one was under way: that is no try of this one.
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

    /// <summary>Releases the association, if there is one, once nobody uses it.</summary>
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
        if (Interlocked.Exchange(ref _association, null) is { } association)
            await association.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The association for an instance, made anew where it is lost or has no context for it and nobody else uses it.</summary>
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
                // Whoever was waited for may have found out that it is refused.
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

    /// <summary>One at a time from now on: only so is it seen which of them the peer cannot take.</summary>
    private void SendOneAtATime(int inFlight)
    {
        lock (_proposed)
        {
            // Each of those that were under way tells of the same loss.
            if (_oneAtATime > 0)
                return;
            _oneAtATime = Math.Max(inFlight, _nextOneAtATime);
            _nextOneAtATime = Math.Min(2 * _oneAtATime, MaxOneAtATime);
        }
    }

    /// <summary>An instance was answered; once as many were as had been under way, the next association has its window again.</summary>
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
        await ReplaceAsync(await DicomAssociation.RequestAsync(_destination, contexts, options, _cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        Associations++;
        lock (_proposed)
        {
            _proposed.Clear();
            // Where several syntaxes share a context, the acceptor chooses: that serves none of them for sure.
            foreach (var context in contexts.Where(c => c.TransferSyntaxes.Count == 1))
                _proposed.Add(new StoreNeed(context.AbstractSyntax, context.TransferSyntaxes[0]));
        }
    }

    private async Task ReplaceAsync(DicomAssociation? next)
    {
        await IdleAsync().ConfigureAwait(false);
        if (Interlocked.Exchange(ref _association, next) is not { } last)
            return;
        if (last.IsUsable)
            await last.ReleaseAsync().ConfigureAwait(false);
        else
            await last.DisposeAsync().ConfigureAwait(false);
    }

    private DicomNetworkException Refuse(DicomAssociation association, StoreNeed need)
    {
        var refusal = AssociationFailures.Refused(_destination, association.Contexts, need.SopClassUid, need.TransferSyntaxUid);
        lock (_proposed)
        {
            _refused[need] = refusal;
            // An association that serves nothing is not kept.
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

    /// <summary>The one at hand, then what comes soon, then what was met last.</summary>
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
