using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace FlywheelDicom.Network.Wire;

/// <summary>TCP options that .NET has no name for (Linux, tcp(7)). They only affect speed.</summary>
internal static class LinuxTcp
{
    private const int Tcp = 6;
    private const int QuickAck = 12;
    private const int UnsentLowWater = 25;

    /// <summary>Acknowledges at once what was received, without waiting for data to send.</summary>
    public static void AcknowledgeNow(Socket socket) => Set(socket, QuickAck, 1);

    /// <summary>
    /// Limits the bytes that wait in the system to be sent. Without a limit these are some megabytes, which are no longer in the
    /// processor's cache when they are sent.
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
            // An old kernel does not know the option. A closed connection is found when it is read.
        }
    }
}
