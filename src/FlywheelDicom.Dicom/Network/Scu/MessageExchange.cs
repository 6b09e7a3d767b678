using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>
/// Messages and their responses over one negotiated connection, for any service. As many are under way as the window allows
/// (PS3.7 §D.3.3.3). They are written one after the other. One of those that wait for a response reads for all of them. After a failure
/// the connection is closed for all.
/// </summary>
internal sealed class MessageExchange : IDisposable
{
    /// <summary>How long to read on after a failure: the peer may have answered before.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(500);

    private readonly PduTransport _transport;
    private readonly DicomDestination _destination;
    private readonly DicomClientOptions _options;
    private readonly MessageWriterPool _writers;
    private readonly MessagesUnderWay _underWay;
    private readonly IncomingMessages _incoming;
    private readonly uint _maxPduLength;

    /// <summary>Begins a read while a write has to wait. What the peer sends then would otherwise be lost with the connection.</summary>
    private readonly Action _beginRead;

    /// <summary>One place for each message that may be under way.</summary>
    private readonly SemaphoreSlim _window;

    /// <summary>Held by the message that is being written.</summary>
    private readonly SemaphoreSlim _wire = new(1);

    private DicomNetworkException? _failure;
    private volatile bool _isOver;

    /// <param name="transport">The connection.</param>
    /// <param name="destination">The peer, for messages about failures.</param>
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
    /// <param name="operation">What is being done, for messages about failures.</param>
    /// <param name="message">The request.</param>
    /// <param name="begin">Prepares the message in a writer. After that it may have to wait for its turn.</param>
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
    /// <param name="deadline">The time limit for this request, and for all that follow until this is called with another one.</param>
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

    /// <summary>Sends A-RELEASE-RQ and waits for the response, within one time limit. It throws only when cancelled. No message may be under way.</summary>
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
            // All messages have their responses. How the association ends does not matter for them.
        }
    }

    /// <summary>The same while a request of the peer is waited for. The response to the release ends that wait.</summary>
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
                // The association has ended anyway.
            }
            Dispose();
        }
        // Its failure was reported already, or does not matter.
        await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ReleaseAsync().ConfigureAwait(false);
    }

    /// <summary>Sends A-ABORT, if the association has not ended yet, and closes.</summary>
    public void Abort()
    {
        if (!_isOver && _failure is null)
            _transport.Abort(0, 0);
        _isOver = true;
        Dispose();
    }

    /// <summary>Closes the connection. Reads and writes that are under way fail. Each keeps its buffer until it has ended.</summary>
    public void Dispose()
    {
        _transport.Dispose();
        _writers.Dispose();
    }

    /// <summary>Sends the message. Returns true if this message has the turn to read.</summary>
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
            // No buffer is returned while it is in use. The first failure is the one to report.
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
    /// Reads what has arrived before the last piece is sent. A response that has arrived by then came too early. If another message is
    /// reading, it will find that too.
    /// </summary>
    private async ValueTask ReadEarlyAsync(MessageUnderWay message)
    {
        // The peer may send without end.
        _incoming.Until = _transport.DeadlineIn(_options.ResponseTimeout);
        await _incoming.ReadPresentAsync(message).ConfigureAwait(false);
        _incoming.Until = long.MaxValue;
    }

    /// <summary>Reads until the response has arrived, and gives the turn back. Only with the turn.</summary>
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
                // The peer has closed already.
            }
        }
        Fail(Explained(cause, operation));
    }

    /// <summary>
    /// Ends the association for all messages, after one could not be sent completely. Responses that the peer sent before may still be in the
    /// receive buffer, and they count. The caller has the turn to read; it is given back here.
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
            // The time limit of this last read may have passed. That was not the reason.
            Fail(IsOfNetwork(why) ? AssociationFailures.ByCause(_destination, _transport, why, operation) : Explained(why, operation));
        }
        finally
        {
            await _incoming.EndTurnAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The peer has stopped reading, and the connection is closed. It may have sent the reason before.</summary>
    private async ValueTask TakeLastAsync()
    {
        try
        {
            await _incoming.TakeLastAsync().ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            // What it sent does not help.
        }
    }

    /// <summary>The cause; or the peer's A-ABORT, if that was the reason.</summary>
    private async ValueTask<Exception> ReadRestAsync(Exception cause)
    {
        _incoming.Until = _transport.DeadlineIn(s_rest);
        try
        {
            // If the failure is on our side, only the responses that are due are still to come.
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

    /// <summary>If the peer has aborted or released, or has broken the protocol, nothing more is read.</summary>
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

    /// <summary>The first failure counts. All messages that were under way get it.</summary>
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
