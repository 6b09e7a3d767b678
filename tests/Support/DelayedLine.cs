using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace FlywheelDicom.TestSupport;

/// <summary>A TCP connection to a place far away: what is sent arrives so much later, in both directions.</summary>
public sealed class DelayedLine : LoopbackServer
{
    private readonly int _target;
    private readonly TimeSpan _delay;

    /// <param name="target">The loopback port at the other end.</param>
    /// <param name="delay">One way; a round trip takes twice that.</param>
    public DelayedLine(int target, TimeSpan delay)
    {
        (_target, _delay) = (target, delay);
        Listen();
    }

    protected override async Task ServeAsync(TcpClient caller)
    {
        using var callee = new TcpClient { NoDelay = true };
        await callee.ConnectAsync(IPAddress.Loopback, _target, Stop);
        await Task.WhenAll(OneWayAsync(caller, callee), OneWayAsync(callee, caller));
    }

    private async Task OneWayAsync(TcpClient from, TcpClient to)
    {
        var onTheWay = Channel.CreateBounded<(long Due, byte[] Bytes)>(1024);
        var arriving = Task.Run(async () =>
        {
            await foreach (var (due, bytes) in onTheWay.Reader.ReadAllAsync(Stop))
            {
                if (due - Environment.TickCount64 is > 0 and var wait)
                    await Task.Delay((int)wait, Stop);
                await to.GetStream().WriteAsync(bytes, Stop);
            }
            to.Client.Shutdown(SocketShutdown.Send);
        });
        var buffer = new byte[64 * 1024];
        while (await from.GetStream().ReadAsync(buffer, Stop) is > 0 and var read)
            await onTheWay.Writer.WriteAsync((Environment.TickCount64 + (long)_delay.TotalMilliseconds, buffer[..read]), Stop);
        onTheWay.Writer.Complete();
        await arriving;
    }
}
