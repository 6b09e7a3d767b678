using System.Net;
using System.Net.Sockets;

namespace FlywheelDicom.TestSupport;

/// <summary>Listens at loopback and serves each caller on its own, until it is disposed.</summary>
public abstract class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();

    /// <param name="port">0 takes any free one.</param>
    protected LoopbackServer(int port) => _listener = new TcpListener(IPAddress.Loopback, port);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The server is done.</summary>
    protected CancellationToken Stop => _stop.Token;

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        GC.SuppressFinalize(this);
    }

    /// <summary>From now on callers are accepted; whoever derives is ready for them.</summary>
    protected void Listen()
    {
        _listener.Start(512);
        _ = AcceptAsync();
    }

    protected abstract Task ServeAsync(TcpClient caller);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var caller = await _listener.AcceptTcpClientAsync(Stop);
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
