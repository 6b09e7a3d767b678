using System.Net;
using System.Net.Sockets;

namespace FlywheelDicom.TestSupport;

/// <summary>A loopback port that refuses callers, and that nobody else is given, until it is opened or disposed.</summary>
public sealed class ClosedPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Number = ((IPEndPoint)_socket.LocalEndPoint!).Port;
    }

    public int Number { get; }

    public void Dispose() => _socket.Dispose();

    /// <summary>From now on callers may be accepted.</summary>
    internal Socket Open()
    {
        _socket.Listen(512);
        return _socket;
    }
}
