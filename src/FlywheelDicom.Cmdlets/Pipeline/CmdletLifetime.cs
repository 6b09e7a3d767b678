using System.Runtime.InteropServices;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// How long the work of one cmdlet may go on. Ctrl+C ends it, a signal that ends the process does, and the end of the pipeline.
/// Safe from any thread.
/// </summary>
internal sealed class CmdletLifetime : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private int _ended;

    public CmdletLifetime() => Cancellation = _stop.Token;

    public CancellationToken Cancellation { get; }

    /// <summary>The signal that ends the process; null where none came.</summary>
    public PosixSignal? Signal { get; private set; }

    public void Stop() => _stop.Cancel();

    /// <summary>A signal came. It is called from the signal's own thread.</summary>
    public void Terminate(PosixSignal signal)
    {
        Signal = signal;
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The cmdlet ended just before the signal.
        }
    }

    /// <summary>True for the first caller only: the pipeline's thread and a signal's may both want to end the cmdlet.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    /// <summary>Cancels what still runs, then frees the token's source.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }
}
