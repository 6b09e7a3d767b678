using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace FlywheelDicom.Network.Wire;

/// <summary>Options of a TCP socket that the platform has no name for (Linux, tcp(7)). They change what time things take, nothing else.</summary>
internal static class LinuxTcp
{
    private const int Tcp = 6;
    private const int QuickAck = 12;
    private const int UnsentLowWater = 25;

    /// <summary>What was received is acknowledged at once, and not when there is something to say.</summary>
    public static void AcknowledgeNow(Socket socket) => Set(socket, QuickAck, 1);

    /// <summary>
    /// Bytes that wait in the system for the line, beside those that are on it. Without a limit some megabytes do, which are no
    /// longer in the processor's cache when they go out.
    /// </summary>
    public static void LimitUnsent(Socket socket, int bytes) => Set(socket, UnsentLowWater, bytes);

    private static void Set(Socket socket, int option, int value)
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            socket.SetRawSocketOption(Tcp, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // An old kernel does without; and that the connection is gone, reading will tell.
        }
    }
}
