using System.Net;
using System.Net.Sockets;

namespace FlywheelDicom.TestSupport;

/// <summary>The least that sending a file can cost: its bytes through a loopback socket and nothing else.</summary>
public static class SocketCopy
{
    private const int BufferSize = 256 * 1024;

    /// <summary>Copies a file to a reader that discards it; returns the bytes that arrived.</summary>
    public static long Run(string path)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        try
        {
            var reading = Task.Run(() =>
            {
                using var reader = listener.AcceptSocket();
                var buffer = new byte[BufferSize];
                long total = 0;
                while (reader.Receive(buffer) is > 0 and var read)
                    total += read;
                return total;
            });
            using (var sender = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
            using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0))
            {
                sender.Connect(listener.LocalEndpoint!);
                var buffer = new byte[BufferSize];
                while (file.Read(buffer) is > 0 and var read)
                    sender.Send(buffer.AsSpan(0, read));
            }
            return reading.GetAwaiter().GetResult();
        }
        finally
        {
            listener.Stop();
        }
    }
}
