using System.Net.Sockets;

namespace FlywheelDicom.TestSupport;

/// <summary>Listens at loopback and serves each caller on its own, until it is disposed.</summary>
public abstract class LoopbackServer : IDisposable
{
    private readonly ClosedPort _port = new();
    private readonly CancellationTokenSource _stop = new();

    public int Port => _port.Number;

    /// <summary>The server is done.</summary>
    protected CancellationToken Stop => _stop.Token;

    public void Dispose()
    {
        _stop.Cancel();
        _port.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>From now on callers are accepted; whoever derives is ready for them.</summary>
    protected void Listen()
    {
        _ = AcceptAsync(_port.Open());
    }

    protected abstract Task ServeAsync(TcpClient caller);

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var caller = new TcpClient { Client = await listener.AcceptAsync(Stop) };
                caller.NoDelay = true;
                _ = Task.Run(() => GuardedAsync(caller));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task GuardedAsync(TcpClient caller)
    {
        using (caller)
        {
            try
            {
                await ServeAsync(caller);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The caller, or what it was carried to, went; what was seen until then is remembered.
            }
        }
    }
}
