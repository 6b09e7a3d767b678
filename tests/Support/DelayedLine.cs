using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace FlywheelDicom.TestSupport;

/// <summary>A TCP connection to a place far away: what is sent arrives so much later, in both directions.</summary>
public sealed class DelayedLine : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly TimeSpan _delay;

    /// <param name="target">The loopback port at the other end.</param>
    /// <param name="delay">One way; a round trip takes twice that.</param>
    public DelayedLine(int target, TimeSpan delay)
    {
        (_target, _delay) = (target, delay);
        _listener.Start(512);
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

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
                _ = CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The measurement is over.
        }
    }

    private async Task CarryAsync(TcpClient caller)
    {
        using (caller)
        using (var callee = new TcpClient())
        {
            caller.NoDelay = callee.NoDelay = true;
            try
            {
                await callee.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                await Task.WhenAll(OneWayAsync(caller, callee), OneWayAsync(callee, caller));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side has gone.
            }
        }
    }

    private async Task OneWayAsync(TcpClient from, TcpClient to)
    {
        var onTheWay = Channel.CreateBounded<(long Due, byte[] Bytes)>(1024);
        var arriving = Task.Run(async () =>
        {
            await foreach (var (due, bytes) in onTheWay.Reader.ReadAllAsync(_stop.Token))
            {
                if (due - Environment.TickCount64 is > 0 and var wait)
                    await Task.Delay((int)wait, _stop.Token);
                await to.GetStream().WriteAsync(bytes, _stop.Token);
            }
            to.Client.Shutdown(SocketShutdown.Send);
        });
        var buffer = new byte[64 * 1024];
        while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var read)
            await onTheWay.Writer.WriteAsync((Environment.TickCount64 + (long)_delay.TotalMilliseconds, buffer[..read]), _stop.Token);
        onTheWay.Writer.Complete();
        await arriving;
    }
}
