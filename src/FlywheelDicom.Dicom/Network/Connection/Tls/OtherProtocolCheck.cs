using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>
/// Finds out whether a server that closes without an answer expects TLS, or plain DICOM: it connects once more with the other one. It sends
/// only a handshake, or a release request, which every DICOM server answers (PS3.8 §9.2, AA-1).
/// </summary>
internal static class OtherProtocolCheck
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);

    /// <summary>The same failure, or a more exact one.</summary>
    public static async Task<DicomNetworkException> ExplainAsync(DicomDestination destination, DicomNetworkException failure, TimeProvider time, CancellationToken cancellation)
    {
        if (destination.Tls is null && failure.Error == DicomNetworkError.ConnectionLost && await AnswersAsync(destination, TlsAsync, time, cancellation).ConfigureAwait(false))
            return TlsHandshake.TlsExpected(destination, failure);
        if (destination.Tls is not null && failure.Error == DicomNetworkError.TlsNotAgreed && await AnswersAsync(destination, PlainAsync, time, cancellation).ConfigureAwait(false))
            return TlsHandshake.TlsNotSpoken(destination, failure);
        return failure;
    }

    private static async Task<bool> AnswersAsync(DicomDestination destination, Func<Stream, CancellationToken, Task<bool>> ask, TimeProvider time, CancellationToken cancellation)
    {
        using var timeUp = new CancellationTokenSource(s_timeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeUp.Token);
        try
        {
            using var caller = new TcpClient();
            await caller.ConnectAsync(destination.Host, destination.Port, limit.Token).ConfigureAwait(false);
            return await ask(caller.GetStream(), limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Whether the server sends a certificate. It is not checked, since nothing is sent after it.</summary>
    private static async Task<bool> TlsAsync(Stream stream, CancellationToken cancellation)
    {
        var isShown = false;
        using var secure = new SslStream(stream);
        try
        {
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "",
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    isShown = certificate is not null;
                    return false;
                },
            }, cancellation).ConfigureAwait(false);
        }
        catch (AuthenticationException)
        {
            // Expected: the certificate is always refused here.
        }
        return isShown;
    }

    private static async Task<bool> PlainAsync(Stream stream, CancellationToken cancellation)
    {
        await stream.WriteAsync(ControlPdu.ReleaseRequest, cancellation).ConfigureAwait(false);
        var answer = new byte[2];
        return await stream.ReadAtLeastAsync(answer, 2, throwOnEndOfStream: false, cancellation).ConfigureAwait(false) == 2
            && answer is [(byte)PduType.Abort or (byte)PduType.ReleaseResponse, 0];
    }
}
