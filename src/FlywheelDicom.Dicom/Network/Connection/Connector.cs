using System.Net;
using System.Net.Sockets;
using FlywheelDicom.Network.Connection.Tls;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Connection;

/// <summary>Connects to a destination, over TLS where it asks for that. A failure has a cause and a hint.</summary>
internal static class Connector
{
    private const int MaxUnsent = 64 * 1024;

    /// <exception cref="DicomNetworkException">It could not be made; the exception says why.</exception>
    public static async Task<(Socket Socket, Stream Stream)> ConnectAsync(
        DicomDestination destination, DicomClientOptions options, CancellationToken cancellation)
    {
        var socket = IPAddress.TryParse(destination.Host, out var address)
            ? new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var timeUp = new CancellationTokenSource(options.ConnectTimeout, options.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeUp.Token);
        try
        {
            // Without it, a small message waits for the delayed acknowledgement of the one before.
            socket.NoDelay = true;
            if (address is not null)
                await socket.ConnectAsync(address, destination.Port, limit.Token).ConfigureAwait(false);
            else
                await socket.ConnectAsync(destination.Host, destination.Port, limit.Token).ConfigureAwait(false);
            // After connecting: with options that .NET does not know, it tries only one address of a host.
            LinuxTcp.LimitUnsent(socket, MaxUnsent);
            return (socket, destination.Tls is { } tls
                ? await TlsHandshake.AsClientAsync(socket, destination, tls, options.Time, limit.Token).ConfigureAwait(false)
                : new NetworkStream(socket, ownsSocket: false));
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            socket.Dispose();
            throw new DicomNetworkException(DicomNetworkError.ConnectTimeout,
                $"{destination} did not answer within {options.ConnectTimeout.TotalSeconds:0} s. Check host, port and firewall.", RetryAdvice.BackOff, e);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw ConnectFailure(destination, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static DicomNetworkException ConnectFailure(DicomDestination destination, SocketException e) => e.SocketErrorCode switch
    {
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery => new DicomNetworkException(
            DicomNetworkError.HostNotFound, $"The host '{destination.Host}' does not resolve. Check -Destination, or use its address.", RetryAdvice.BackOff, e),
        SocketError.ConnectionRefused => new DicomNetworkException(
            DicomNetworkError.ConnectionRefused, $"{destination} refused the connection: nothing listens there. Check -Destination and -Port.", RetryAdvice.BackOff, e),
        _ => new DicomNetworkException(
            DicomNetworkError.ConnectionFailed, $"{destination} cannot be reached: {e.Message}. Check host, port and firewall.", RetryAdvice.BackOff, e),
    };
}
