using System.Net.Sockets;

namespace FlywheelDicom.Network.Scp;

/// <summary>
/// Connections that are no association: not yet, or no more. They take no association's place, and there are only so many of them: the
/// one that has been there longest has to go for a new one.
/// </summary>
internal sealed class WaitingRoom(int limit)
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
