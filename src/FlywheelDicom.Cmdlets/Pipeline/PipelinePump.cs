using System.Collections.Concurrent;
using System.Threading.Channels;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// Between the pipeline thread and work on the thread pool: items in, outputs and verbose lines back, through bounded channels.
/// Outputs are handled on the pipeline thread alone, as PowerShell demands. A slow consumer slows the work, and slow work slows the producer.
/// </summary>
/// <typeparam name="TIn">What the pipeline brings.</typeparam>
/// <typeparam name="TOut">What the work makes of it.</typeparam>
internal sealed class PipelinePump<TIn, TOut>
{
    /// <summary>Outputs gather for so long before they are taken: a wake-up for each would cost more than a small instance.</summary>
    private static readonly TimeSpan s_batch = TimeSpan.FromMilliseconds(5);

    /// <summary>How long the pipeline's thread waits at a time.</summary>
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(200);

    /// <summary>What cancelled work may take to abort its associations. Nobody waits longer for it.</summary>
    private static readonly TimeSpan s_timeToAbort = TimeSpan.FromSeconds(1);

    private readonly Channel<TIn> _input;
    private readonly Channel<TOut> _output;
    private readonly ConcurrentQueue<string> _verbose = new();
    private readonly Action<TOut> _onOutput;
    private readonly Action<string> _onVerbose;
    private readonly CancellationToken _cancellation;
    private readonly Task _work;

    /// <param name="work">Reads to the end of its input.</param>
    /// <param name="onOutput">On the pipeline thread.</param>
    /// <param name="onVerbose">On the pipeline thread.</param>
    /// <param name="capacity">Items that wait for the work; twice as many outputs may wait for the pipeline.</param>
    /// <param name="cancellation">Ends all waits.</param>
    public PipelinePump(
        Func<PipelinePump<TIn, TOut>, ChannelReader<TIn>, Task> work, Action<TOut> onOutput, Action<string> onVerbose, int capacity, CancellationToken cancellation)
    {
        _input = Channel.CreateBounded<TIn>(new BoundedChannelOptions(capacity) { SingleWriter = true });
        // Room for all that is on the way: what the pipeline thread has handed in gets done even while a stage before keeps it busy.
        _output = Channel.CreateBounded<TOut>(new BoundedChannelOptions(2 * capacity) { SingleReader = true });
        (_onOutput, _onVerbose, _cancellation) = (onOutput, onVerbose, cancellation);
        _work = Task.Run(() => RunAsync(work), CancellationToken.None);
    }

    /// <summary>Called on the pipeline thread a few times a second while it waits; to show progress.</summary>
    public Action? OnWait { get; init; }

    /// <summary>From the work, any thread: hands an output to the pipeline.</summary>
    public ValueTask EmitAsync(TOut output)
        // What is done is done: it is handed over also where the run was cancelled meanwhile.
        => _output.Writer.TryWrite(output) ? default : _output.Writer.WriteAsync(output, _cancellation);

    /// <summary>From the work, any thread.</summary>
    public void Verbose(string text) => _verbose.Enqueue(text);

    /// <summary>From the pipeline thread: hands an item to the work, and takes what it has done meanwhile.</summary>
    public void Push(TIn item)
    {
        try
        {
            PushNow(item);
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            HandOnWhatIsDone();
            throw;
        }
    }

    /// <summary>From the pipeline thread: no more comes; returns when all is done.</summary>
    public void Complete()
    {
        try
        {
            CompleteNow();
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            HandOnWhatIsDone();
            throw;
        }
    }

    /// <summary>Gives the work a moment to abort what is open, after it was cancelled.</summary>
    public void Abandon()
    {
        _input.Writer.TryComplete();
        try
        {
            _work.Wait(s_timeToAbort, CancellationToken.None);
        }
        catch (AggregateException)
        {
            // It was cancelled. Its failure follows from that, and says nothing new.
        }
    }

    /// <summary>Once it was abandoned: what was done and not handed on.</summary>
    public IEnumerable<TOut> Rest()
    {
        while (_output.Reader.TryRead(out var output))
            yield return output;
    }

    /// <summary>Where a wait is cancelled, the outputs that are there already are handed on before the pipeline ends.</summary>
    private void HandOnWhatIsDone()
    {
        Abandon();
        Drain();
    }

    private void PushNow(TIn item)
    {
        Drain();
        while (!_input.Writer.TryWrite(item))
        {
            var room = _input.Writer.WaitToWriteAsync(_cancellation).AsTask();
            var output = _output.Reader.WaitToReadAsync(_cancellation).AsTask();
            if (!Waited(Task.WhenAny(room, output)).GetAwaiter().GetResult())
                _work.GetAwaiter().GetResult();
            Gather();
            Drain();
        }
    }

    private void CompleteNow()
    {
        _input.Writer.TryComplete();
        while (Waited(_output.Reader.WaitToReadAsync(_cancellation).AsTask()))
        {
            Gather();
            Drain();
        }
        Drain();
        _work.GetAwaiter().GetResult();
    }

    private T Waited<T>(Task<T> task)
    {
        if (OnWait is not null)
        {
            while (!task.IsCompleted && Task.WaitAny([task], s_tick) < 0)
                OnWait();
        }
        return task.GetAwaiter().GetResult();
    }

    private async Task RunAsync(Func<PipelinePump<TIn, TOut>, ChannelReader<TIn>, Task> work)
    {
        try
        {
            await work(this, _input.Reader).ConfigureAwait(false);
        }
        finally
        {
            // Whoever waits for room or for outputs is woken; the failure itself comes from the task.
            _input.Writer.TryComplete();
            _output.Writer.TryComplete();
        }
    }

    private void Gather()
    {
        if (!_work.IsCompleted)
            _cancellation.WaitHandle.WaitOne(s_batch);
    }

    private void Drain()
    {
        while (_verbose.TryDequeue(out var text))
            _onVerbose(text);
        while (_output.Reader.TryRead(out var output))
            _onOutput(output);
    }
}
