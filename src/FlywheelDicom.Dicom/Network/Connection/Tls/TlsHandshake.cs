using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>Does the TLS handshake before the first PDU (PS3.15 Annex B; DICOM has no STARTTLS).</summary>
internal static class TlsHandshake
{
    private const int MaxLinger = 256 * 1024;
    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(2);
    private const string NotSpoken = "it does not speak TLS at this port. Check -Port, or leave -UseTls out.";

    public static async Task<SslStream> AsClientAsync(Socket socket, DicomDestination destination, DicomTls tls, TimeProvider time, CancellationToken cancellation)
    {
        var rules = TlsProfileRules.For(tls.Profile);
        var name = tls.ServerName ?? destination.Host.Split('%')[0];
        var check = new PeerCertificateCheck
        {
            Trusted = tls.TrustedCertificates, Skip = tls.SkipCertificateCheck, RevocationMode = tls.RevocationMode, Rules = rules, ExpectedName = name, Time = time,
        };
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: false));
        try
        {
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = name, EnabledSslProtocols = TlsProfileRules.Protocols, CipherSuitesPolicy = rules.Policy(),
                RemoteCertificateValidationCallback = check.Validate, CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                AllowRenegotiation = false,
            };
            if (tls.Certificate is { } certificate)
                options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, tls.Intermediates, offline: true);
            await stream.AuthenticateAsClientAsync(options, cancellation).ConfigureAwait(false);
            return stream;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or InvalidOperationException)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw Failure(destination, check, e);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public static async Task<SslStream> AsServerAsync(Socket socket, DicomServerTls tls, TimeProvider time, CancellationToken cancellation)
    {
        var rules = TlsProfileRules.For(tls.Profile);
        var check = new PeerCertificateCheck
        {
            Trusted = tls.TrustedCertificates, TrustsOnlyOurs = true, IsClient = true, RevocationMode = tls.RevocationMode, Rules = rules, Time = time,
        };
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: false));
        try
        {
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(tls.Certificate, tls.Intermediates, offline: true),
                ClientCertificateRequired = tls.RequiresClientCertificate,
                RemoteCertificateValidationCallback = tls.RequiresClientCertificate ? check.Validate : null,
                EnabledSslProtocols = TlsProfileRules.Protocols, CipherSuitesPolicy = rules.Policy(), CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                AllowRenegotiation = false,
            }, cancellation).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            if (check.Failure is not null)
                await ReadUntilClosedAsync(socket, time, cancellation).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// With TLS 1.3 the client has finished the handshake before its certificate is refused, and sends data already. If the server closes before it has
    /// read that data, the connection is reset and the client may lose the alert. So the data is read for a short time.
    /// </summary>
    private static async Task ReadUntilClosedAsync(Socket socket, TimeProvider time, CancellationToken cancellation)
    {
        using var timeUp = new CancellationTokenSource(s_linger, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeUp.Token);
        var scrap = new byte[4096];
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            for (var left = MaxLinger; left > 0 && await socket.ReceiveAsync(scrap, limit.Token).ConfigureAwait(false) is > 0 and var read;)
                left -= read;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client has closed, or the time is over.
        }
    }

    /// <summary>The exception for a failed handshake, or for an alert after it. Alerts are recognized by the texts of OpenSSL.</summary>
    public static DicomNetworkException Failure(DicomDestination destination, PeerCertificateCheck? check, Exception cause)
    {
        if (check?.Failure is { } refused)
        {
            return new DicomNetworkException(refused, $"The certificate of {destination} is refused: {check.Reason}. {AdviceFor(refused)}", RetryAdvice.Never, cause);
        }
        var (error, what) = Meaning(cause);
        // After a handshake that was cut off, another attempt may succeed.
        var retry = cause is IOException && !IsAlert(cause) && error == DicomNetworkError.TlsNotAgreed ? RetryAdvice.Once : RetryAdvice.Never;
        return new DicomNetworkException(error, $"No TLS connection with {destination}: {what}", retry, cause);
    }

    public static DicomNetworkException TlsExpected(DicomDestination destination, Exception cause) => new(
        DicomNetworkError.TlsExpected, $"{destination} speaks TLS at this port. Check -Port, or use -UseTls.", RetryAdvice.Never, cause);

    public static DicomNetworkException TlsNotSpoken(DicomDestination destination, Exception cause) => new(
        DicomNetworkError.TlsNotSpoken, $"No TLS connection with {destination}: {NotSpoken}", RetryAdvice.Never, cause);

    /// <summary>
    /// Some servers refuse a client certificate without an alert: they close after a successful handshake. Busy servers do that too, so one more
    /// attempt is made.
    /// </summary>
    public static DicomNetworkException ClosedAfterwards(DicomDestination destination, Exception cause)
    {
        var given = destination.Tls!.Certificate is not null;
        var (error, what) = given
            ? (DicomNetworkError.ClientCertificateRefused, "most likely it refuses our client certificate. Check -Certificate or -CertificatePath, and that it knows its CA.")
            : (DicomNetworkError.ClientCertificateRequired, "most likely it wants a client certificate. Give one with -Certificate or -CertificatePath.");
        return new DicomNetworkException(error, $"{destination} closed the connection right after the TLS handshake: {what}", RetryAdvice.Once, cause);
    }

    /// <summary>
    /// Whether the peer closed or reset the connection. It is reset if the peer has not read all that was sent, so both can happen.
    /// </summary>
    public static bool IsClose(Exception cause) => cause is EndOfStreamException
        || cause.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown };

    /// <summary>Whether a failure after the handshake is a TLS alert. With TLS 1.3 our certificate is refused that late.</summary>
    public static bool IsAlert(Exception cause) => Words(cause).Contains("alert", StringComparison.OrdinalIgnoreCase);

    private static (DicomNetworkError Error, string What) Meaning(Exception cause)
    {
        var words = Words(cause);
        bool Has(string text) => words.Contains(text, StringComparison.OrdinalIgnoreCase);
        if (Has("certificate required"))
            return (DicomNetworkError.ClientCertificateRequired, "it wants a client certificate. Give one with -Certificate or -CertificatePath.");
        if (Has("alert unknown ca"))
            return (DicomNetworkError.ClientCertificateRefused, "it does not trust the issuer of our client certificate.");
        if (Has("alert certificate expired") || Has("alert bad certificate") || Has("alert certificate unknown") || Has("alert certificate revoked")
            || Has("alert unsupported certificate") || Has("alert access denied") || Has("alert decrypt error"))
            return (DicomNetworkError.ClientCertificateRefused, "it refuses our client certificate, or misses one. Check -Certificate or -CertificatePath.");
        if (Has("alert protocol version") || Has("unsupported protocol") || Has("alert handshake failure") || Has("no shared cipher") || Has("alert insufficient security")
            || Has("no protocols available") || Has("no suitable") || Has("dh key too small") || Has("ee key too small"))
        {
            return (DicomNetworkError.TlsNotAgreed,
                "no common protocol version or cipher suite, or it wants a client certificate. Check that its profile is the one of -TlsProfile, and -Certificate or -CertificatePath.");
        }
        if (Has("frame size") || Has("corrupted frame") || Has("wrong version number") || Has("packet length"))
            return (DicomNetworkError.TlsNotSpoken, NotSpoken);
        if (Has("unexpected EOF") || Has("EOF") || Has("reset") || Has("closed"))
        {
            return (DicomNetworkError.TlsNotAgreed,
                "it ended the handshake without a reason. Check that it speaks TLS at this port, its profile, and whether it wants a client certificate.");
        }
        return (DicomNetworkError.TlsNotAgreed, $"{Innermost(cause).TrimEnd('.')}.");
    }

    private static string AdviceFor(DicomNetworkError error) => error switch
    {
        DicomNetworkError.CertificateNameMismatch => "Call it by that name, or state the name to expect with -TlsServerName.",
        DicomNetworkError.CertificateUntrusted => "Trust its CA with -TrustedCertificatePath, if it is the right one.",
        DicomNetworkError.CertificateExpired => "Its owner has to renew it.",
        _ => "",
    };

    private static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e.Message;
    }

    private static string Words(Exception e)
    {
        var words = e.Message;
        for (var inner = e.InnerException; inner is not null; inner = inner.InnerException)
            words += " | " + inner.Message;
        return words;
    }
}
