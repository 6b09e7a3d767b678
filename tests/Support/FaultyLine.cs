using System.Net;
using System.Net.Sockets;

namespace FlywheelDicom.TestSupport;

/// <summary>What happens to a connection once so many bytes of the caller have passed.</summary>
public sealed record LineFault(long After, bool Stalls = false);

/// <summary>A TCP connection through a network that cuts or stalls at any byte.</summary>
public sealed class FaultyLine : LoopbackServer
{
    private readonly object _decision = new();
    private readonly int _target;
    private volatile Func<int, LineFault?> _fault;
    private int _connections;

    /// <param name="target">The loopback port at the other end.</param>
    /// <param name="fault">For the n-th connection, from 1; null: none.</param>
    public FaultyLine(int target, Func<int, LineFault?> fault)
    {
        (_target, _fault) = (target, fault);
        Listen();
    }

    /// <summary>Connections that were cut or stalled.</summary>
    public int Faults { get; private set; }

    public void Heal() => _fault = _ => null;

    protected override async Task ServeAsync(TcpClient caller)
    {
        LineFault? fault;
        // One at a time: what decides may be a random generator.
        lock (_decision)
            fault = _fault(++_connections);
        using var callee = new TcpClient { NoDelay = true };
        await callee.ConnectAsync(IPAddress.Loopback, _target, Stop);
        var back = callee.GetStream().CopyToAsync(caller.GetStream(), Stop);
        await ForthAsync(caller, callee, fault);
        callee.Client.Shutdown(SocketShutdown.Send);
        await back;
    }

    private async Task ForthAsync(TcpClient caller, TcpClient callee, LineFault? fault)
    {
        var buffer = new byte[16 * 1024];
        long passed = 0;
        while (await caller.GetStream().ReadAsync(buffer, Stop) is > 0 and var read)
        {
            var left = fault is null ? read : (int)Math.Min(read, fault.After - passed);
            await callee.GetStream().WriteAsync(buffer.AsMemory(0, left), Stop);
            passed += left;
            if (fault is null || passed < fault.After)
                continue;
            Faults++;
            if (fault.Stalls)
                await Task.Delay(Timeout.Infinite, Stop);
            caller.Client.LingerState = callee.Client.LingerState = new LingerOption(true, 0);
            caller.Close();
            callee.Close();
            return;
        }
    }
}
