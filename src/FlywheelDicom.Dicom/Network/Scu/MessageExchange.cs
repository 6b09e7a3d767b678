using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>
/// Messages and their responses over one connection that has been negotiated, whatever service they are of. As many are under way
/// as the window allows (PS3.7 §D.3.3.3), one after the other on the wire; whoever waits for a response reads for all that wait.
/// What fails here ends the connection for all; it is never mended.
/// </summary>
internal sealed class MessageExchange : IDisposable
{
    /// <summary>How long is read on for what had come before a connection broke.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(500);

    private readonly PduTransport _transport;
    private readonly DicomDestination _destination;
    private readonly DicomClientOptions _options;
    private readonly MessageWriterPool _writers;
    private readonly MessagesUnderWay _underWay;
    private readonly IncomingMessages _incoming;
    private readonly uint _maxPduLength;

    /// <summary>What the peer says while it does not take what is written is read, or it would be lost with the connection.</summary>
    private readonly Action _beginRead;

    /// <summary>One place for each message that may be under way.</summary>
    private readonly SemaphoreSlim _window;

    /// <summary>Held by the message that is being written.</summary>
    private readonly SemaphoreSlim _wire = new(1);

    private DicomNetworkException? _failure;
    private volatile bool _isOver;

    /// <param name="transport">The connection.</param>
    /// <param name="destination">Who is there, for what is said of failures.</param>
    /// <param name="options">Timers and limits.</param>
    /// <param name="peerLimit">The longest PDU that the peer takes, 0 for no limit.</param>
    /// <param name="window">Messages that may be under way at once.</param>
    public MessageExchange(PduTransport transport, DicomDestination destination, DicomClientOptions options, uint peerLimit, int window)
    {
        (_transport, _destination, _options) = (transport, destination, options);
        _maxPduLength = Math.Max((uint)options.MaxPduLength, 16384);
        _window = new SemaphoreSlim(window);
        _underWay = new MessagesUnderWay(window, (long)options.ResponseTimeout.TotalMilliseconds);
        _incoming = new IncomingMessages(transport, _underWay, _maxPduLength);
        _beginRead = _incoming.BeginRead;
        _writers = new MessageWriterPool(() => new MessageWriter(transport, peerLimit, options.MaxPduLength, options.WriteTimeout, options.Sent));
    }

    /// <summary>False after anything failed, or once the peer has closed, aborted or released.</summary>
    public bool IsUsable => !_isOver && _failure is null && (!_underWay.IsEmpty || _incoming.IsQuiet);

    /// <inheritdoc cref="PduTransport.DeadlineIn"/>
    public long DeadlineIn(TimeSpan timeout) => _transport.DeadlineIn(timeout);

    /// <summary>Sends a message and waits for its response.</summary>
    /// <param name="operation">What is being done, for what is said of failures.</param>
    /// <param name="message">The request.</param>
    /// <param name="begin">Makes it ready; it may have to wait for its turn then.</param>
    /// <returns>The response, and how many bytes of data set were sent.</returns>
    /// <exception cref="DicomNetworkException">There was no response that counts.</exception>
    /// <exception cref="AssociationGoneException">The association ended before this message's first byte.</exception>
    public async Task<(DimseMessage Response, long Sent)> ExchangeAsync(string operation, MessageUnderWay message, Action<MessageWriter> begin)
    {
        var writer = _writers.Rent();
        try
        {
            begin(writer);
            await _window.WaitAsync().ConfigureAwait(false);
            try
            {
                if (!await SendAsync(operation, message, writer).ConfigureAwait(false))
                    await _incoming.TakeTurnAsync().ConfigureAwait(false);
                return (await ResponseAsync(operation, message).ConfigureAwait(false), writer.DatasetLength);
            }
            catch
            {
                writer.Withdraw();
                throw;
            }
            finally
            {
                _underWay.Remove(message);
                _incoming.SetDeadline();
                _window.Release();
            }
        }
        finally
        {
            _writers.Return(writer);
        }
    }

    /// <summary>The next request of the peer.</summary>
    /// <param name="deadline">For that request, and for all that come until this is called with another.</param>
    /// <param name="operation">What is being done.</param>
    public async Task<DimseMessage> NextRequestAsync(long deadline, string operation)
    {
        await _incoming.TakeTurnAsync().ConfigureAwait(false);
        try
        {
            _incoming.Until = deadline;
            return await _incoming.ReadRequestAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            await FailReadingAsync(e, operation).ConfigureAwait(false);
            throw _failure!.Copy();
        }
        finally
        {
            await _incoming.EndTurnAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Answers a request of the peer.</summary>
    public async Task RespondAsync(byte contextId, DimseCommand response)
    {
        var writer = _writers.Rent();
        await _wire.WaitAsync().ConfigureAwait(false);
        try
        {
            writer.Begin(contextId, response);
            await writer.SendAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            Fail(Explained(e, "answering"));
            throw _failure!.Copy();
        }
        finally
        {
            _wire.Release();
            _writers.Return(writer);
        }
    }

    /// <summary>Says A-RELEASE and waits for the answer, under one deadline; never throws but for cancellation. No message may be under way.</summary>
    public async Task ReleaseAsync()
    {
        if (_isOver || _failure is not null)
            return;
        _isOver = true;
        try
        {
            await AssociationRelease.RequestAsync(_transport, _maxPduLength, _options.AssociationTimeout).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            // Every message has had its response: how the association ends changes nothing for them.
        }
    }

    /// <summary>The same where a request of the peer is still waited for: the answer ends that wait.</summary>
    public async Task ReleaseAsync(Task waiting)
    {
        if (!waiting.IsCompleted && !_isOver && _failure is null)
        {
            _isOver = true;
            try
            {
                await _transport.WriteAsync(ControlPdu.ReleaseRequest, _options.AssociationTimeout).ConfigureAwait(false);
                await waiting.WaitAsync(_options.AssociationTimeout, _options.Time).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or InvalidDataException or TimeoutException or OperationCanceledException)
            {
                // It is over either way.
            }
            Dispose();
        }
        // Its failure has been told, or does not matter.
        await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ReleaseAsync().ConfigureAwait(false);
    }

    /// <summary>Says A-ABORT, unless all has been said, and closes.</summary>
    public void Abort()
    {
        if (!_isOver && _failure is null)
            _transport.Abort(0, 0);
        _isOver = true;
        Dispose();
    }

    /// <summary>Closes. Whoever still reads or writes is thrown out, and keeps his buffer till then.</summary>
    public void Dispose()
    {
        _transport.Dispose();
        _writers.Dispose();
    }

    /// <summary>Returns whether it is this message's turn to read.</summary>
    private async ValueTask<bool> SendAsync(string operation, MessageUnderWay message, MessageWriter writer)
    {
        var hasTurn = false;
        await _wire.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_failure is not null || _isOver)
                throw new AssociationGoneException();
            _underWay.Add(message);
            var isLong = writer.IsLong;
            hasTurn = isLong && _underWay.IsSingle && _incoming.TryTakeTurn();
            await writer.SendBeginningAsync(hasTurn ? _beginRead : null).ConfigureAwait(false);
            if (hasTurn || _incoming.TryTakeTurn())
            {
                hasTurn = true;
                await ReadEarlyAsync(message).ConfigureAwait(false);
            }
            else if (isLong)
                await _incoming.SettleAsync().ConfigureAwait(false);
            _underWay.Leaving(message);
            await writer.SendRestAsync(hasTurn ? _beginRead : null).ConfigureAwait(false);
            _underWay.Left(message, _transport.DeadlineIn(default));
            _incoming.SetDeadline();
            return hasTurn;
        }
        catch (Exception e) when (e is not AssociationGoneException)
        {
            if (hasTurn || await _incoming.TakeTurnAsync(s_rest).ConfigureAwait(false))
                await BreakAsync(e, operation).ConfigureAwait(false);
            else
                Fail(Explained(e, operation));
            // No buffer is given back while it is in use; and the failure that brought us here is the one to tell.
            await writer.DrainAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!IsOfNetwork(e))
                throw;
            return false;
        }
        finally
        {
            _wire.Release();
        }
    }

    /// <summary>
    /// Reads what is there before the last piece is handed over: a response that is there by then came too early. Where another
    /// message reads already, it will see that too.
    /// </summary>
    private async ValueTask ReadEarlyAsync(MessageUnderWay message)
    {
        // For what comes without end.
        _incoming.Until = _transport.DeadlineIn(_options.ResponseTimeout);
        await _incoming.ReadPresentAsync(message).ConfigureAwait(false);
        _incoming.Until = long.MaxValue;
    }

    /// <summary>Reads until the response is there, and gives the turn back. Only whoever has the turn to read calls it.</summary>
    private async ValueTask<DimseMessage> ResponseAsync(string operation, MessageUnderWay message)
    {
        try
        {
            while (true)
            {
                if (_underWay.AnswerTo(message) is { } answer)
                    return answer;
                if (_failure is not null)
                {
                    _transport.ThrowIfCancelled();
                    throw FailureOf(message);
                }
                await _incoming.ReadOneAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not DicomNetworkException)
        {
            await FailReadingAsync(e, operation).ConfigureAwait(false);
            if (e is not (IOException or InvalidDataException))
                throw;
            throw FailureOf(message);
        }
        finally
        {
            await _incoming.EndTurnAsync().ConfigureAwait(false);
        }
    }

    private DicomNetworkException FailureOf(MessageUnderWay message)
    {
        var own = _failure!.Copy();
        own.WasDatasetSent = message.WasDatasetSent;
        return own;
    }

    private async ValueTask FailReadingAsync(Exception cause, string operation)
    {
        if (cause is PeerReleasedException)
        {
            try
            {
                await _transport.WriteAsync(ControlPdu.ReleaseResponse, _options.AssociationTimeout).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // It has gone already.
            }
        }
        Fail(Explained(cause, operation));
    }

    /// <summary>
    /// Ends the association for all that use it, after a message could not be sent to its end. What the peer said before, of this
    /// message or of others, may still be in our receive buffer, and counts.
    /// </summary>
    private async ValueTask BreakAsync(Exception cause, string operation)
    {
        try
        {
            if (_transport.HasTimedOut)
            {
                if (_failure is null && IsOfNetwork(cause))
                    await TakeLastAsync().ConfigureAwait(false);
                Fail(Explained(cause, operation));
                return;
            }
            var why = _failure is null && MayHaveMore(cause) ? await ReadRestAsync(cause).ConfigureAwait(false) : cause;
            // The time limit for the rest may have passed meanwhile. That is not what went wrong.
            Fail(IsOfNetwork(why) ? AssociationFailures.ByCause(_destination, _transport, why, operation) : Explained(why, operation));
        }
        finally
        {
            await _incoming.EndTurnAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The peer took no more, and we have closed: it may have said why before.</summary>
    private async ValueTask TakeLastAsync()
    {
        try
        {
            await _incoming.TakeLastAsync().ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            // It said nothing of use.
        }
    }

    /// <summary>The cause, or what the peer said of it.</summary>
    private async ValueTask<Exception> ReadRestAsync(Exception cause)
    {
        _incoming.Until = _transport.DeadlineIn(s_rest);
        try
        {
            // Where the fault is ours there is no more to come than the answers that are due.
            while (_failure is null && (IsOfNetwork(cause) || _underWay.IsAnswerDue))
                await _incoming.ReadOneAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or OperationCanceledException)
        {
            if (e is PeerAbortedException && IsOfNetwork(cause))
                return e;
        }
        return cause;
    }

    /// <summary>Where the peer has ended it in so many words, or what it said made no sense, nothing more is heard.</summary>
    private static bool MayHaveMore(Exception cause)
        => cause is not (PeerAbortedException or PeerReleasedException or PduException or InvalidDataException or OperationCanceledException);

    private static bool IsOfNetwork(Exception e) => e is (IOException and not IO.DicomFormatException) or InvalidDataException;

    private DicomNetworkException Explained(Exception cause, string operation)
    {
        if (cause is OperationCanceledException)
            return new DicomNetworkException(DicomNetworkError.ConnectionLost, $"The association with {_destination} was cancelled.", RetryAdvice.Never, cause);
        if (IsOfNetwork(cause))
            return AssociationFailures.Of(_destination, _transport, cause, operation, _options.ResponseTimeout);
        return new DicomNetworkException(DicomNetworkError.ConnectionLost,
            $"The association with {_destination} was given up, since another instance could not be finished.", RetryAdvice.BackOff, cause);
    }

    /// <summary>The first failure is the one to tell, to all whose messages were under way.</summary>
    private void Fail(DicomNetworkException failure)
    {
        failure.InFlight = Math.Max(1, _underWay.Unanswered);
        Interlocked.CompareExchange(ref _failure, failure, null);
        if (failure.InnerException is PduException e)
            _transport.Abort(2, e.AbortReason);
        else
            _transport.Abort(0, 0);
    }
}
