using System.Net.Sockets;

namespace FlywheelDicom.Network.Scp;

/// <summary>
/// Connections without an association: before it was accepted, and after it has ended. They do not count as associations. Their number is
/// limited: where there is one too many, the oldest is closed.
/// </summary>
internal sealed class PendingConnections(int limit)
{
    private readonly LinkedList<Socket> _sockets = new();

    public void Enter(Socket socket)
    {
        Socket? oldest = null;
        lock (_sockets)
        {
            _sockets.AddLast(socket);
            if (_sockets.Count > limit)
            {
                oldest = _sockets.First!.Value;
                _sockets.RemoveFirst();
            }
        }
        oldest?.Dispose();
    }

    public void Leave(Socket socket)
    {
        lock (_sockets)
            _sockets.Remove(socket);
    }
}
