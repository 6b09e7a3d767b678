using System.Net;
using System.Net.Sockets;

namespace FlywheelDicom.TestSupport;

/// <summary>What happens to a connection once so many bytes of the caller have passed.</summary>
public sealed record LineFault(long After, bool Stalls = false);

/// <summary>A TCP connection through a network that cuts or stalls at any byte.</summary>
public sealed class FaultyLine : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private volatile Func<int, LineFault?> _fault;
    private int _connections;

    /// <param name="target">The loopback port at the other end.</param>
    /// <param name="fault">For the n-th connection, from 1; null: none.</param>
    public FaultyLine(int target, Func<int, LineFault?> fault)
    {
        (_target, _fault) = (target, fault);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that were cut or stalled.</summary>
    public int Faults { get; private set; }

    public void Heal() => _fault = _ => null;

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var caller = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = CarryAsync(caller, _fault(++_connections));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(TcpClient caller, LineFault? fault)
    {
        using (caller)
        using (var callee = new TcpClient { NoDelay = true })
        {
            caller.NoDelay = true;
            try
            {
                await callee.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                var back = callee.GetStream().CopyToAsync(caller.GetStream(), _stop.Token);
                await ForthAsync(caller, callee, fault);
                callee.Client.Shutdown(SocketShutdown.Send);
                await back;
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side has gone; so does the other.
            }
        }
    }

    private async Task ForthAsync(TcpClient caller, TcpClient callee, LineFault? fault)
    {
        var buffer = new byte[16 * 1024];
        long passed = 0;
        while (await caller.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var read)
        {
            var left = fault is null ? read : (int)Math.Min(read, fault.After - passed);
            await callee.GetStream().WriteAsync(buffer.AsMemory(0, left), _stop.Token);
            passed += left;
            if (fault is null || passed < fault.After)
                continue;
            Faults++;
            if (fault.Stalls)
                await Task.Delay(Timeout.Infinite, _stop.Token);
            caller.Client.LingerState = callee.Client.LingerState = new LingerOption(true, 0);
            caller.Close();
            callee.Close();
            return;
        }
    }
}
