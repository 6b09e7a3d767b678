using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FlywheelDicom.Flywheel;

/// <summary>
/// Makes one try of a request. It follows redirects itself: the key is sent only to the instance itself, and never from https to
/// http. Every failure becomes a <see cref="FlywheelException"/> that says whether another try may help.
/// </summary>
internal sealed class FlywheelTransport
{
    private const int MaxRedirects = 5;
    private const string Features = "safe-redirect,subject-container,slim-containers";

    private readonly FlywheelApiKey _key;
    private readonly FlywheelClientOptions _options;
    private readonly HttpClient _http;

    public FlywheelTransport(FlywheelApiKey key, FlywheelClientOptions options, HttpClient http)
        => (_key, _options, _http) = (key, options, http);

    /// <summary>Makes the HTTP client of a connection. It pools sockets, follows no redirects, and uses the proxies of the environment.</summary>
    public static HttpClient CreateHttp(FlywheelClientOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = options.ConnectTimeout, PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        };
        handler.SslOptions.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        handler.SslOptions.RemoteCertificateValidationCallback = options.CertificateValidation;
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends and reads the answer as JSON; null where the body is empty or null.</summary>
    public async Task<T?> JsonAsync<T>(FlywheelRequest request, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var limit = new ReadLimit(_options, cancellation);
        try
        {
            using var response = await SendAsync(request, limit.Token).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false);
            return body.Length == 0 ? default : JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException e)
        {
            throw BadAnswer(request, e);
        }
        catch (Exception e) when (Failure(request, e, cancellation) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>The answer is not JSON, or not of the expected form.</summary>
    public FlywheelException BadAnswer(FlywheelRequest request, JsonException? e) => new(FlywheelError.BadAnswer,
        $"{_key} answered {request} with something else than a Flywheel instance does. Check the host in the key, and proxies on the way.", e);

    /// <summary>Sends a request. The response has a success status; the caller reads its body and disposes it.</summary>
    public async Task<HttpResponseMessage> OpenAsync(FlywheelRequest request, CancellationToken cancellation)
    {
        using var limit = new ReadLimit(_options, cancellation);
        try
        {
            return await SendAsync(request, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (Failure(request, e, cancellation) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>The exception for a failure of the connection; null for a cancellation, and for other exceptions.</summary>
    public FlywheelException? Failure(FlywheelRequest request, Exception e, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested || e is FlywheelException)
            return null;
        var where = request.Elsewhere is null ? _key.ToString() : $"The storage of {_key}";
        return e switch
        {
            OperationCanceledException => new(FlywheelError.Timeout, $"{where} did not answer {request} within {_options.ReadTimeout.TotalSeconds:0} s.", e) { IsTransient = true },
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => new(
                FlywheelError.Unreachable, $"The host of {where} does not resolve. Check the host in the key.", e) { IsTransient = true },
            HttpRequestException { InnerException: AuthenticationException } or HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => new(
                FlywheelError.CertificateRefused,
                $"No TLS connection with {where} could be made: {InnermostMessage(e)} Trust its CA with -TrustedCertificatePath, or check the host and port in the key.", e),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => new(
                FlywheelError.Unreachable, $"{where} cannot be reached: {InnermostMessage(e)} Check host and port in the key, and the network.", e) { IsTransient = true },
            ObjectDisposedException => new(FlywheelError.Disconnected, $"The connection with {_key} was ended before {request} was asked. Make a new one with Connect-FwInstance.", e),
            HttpRequestException or IOException => new(
                FlywheelError.ConnectionLost, $"The connection to {where} broke off while {request} was answered: {InnermostMessage(e)}", e) { IsTransient = true },
            _ => null,
        };
    }

    private static string InnermostMessage(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e.Message.TrimEnd('.') + ".";
    }

    private async Task<HttpResponseMessage> SendAsync(FlywheelRequest request, CancellationToken cancellation)
    {
        var target = request.Elsewhere ?? new Uri(_key.BaseUri, request.Path);
        var method = request.Method;
        for (var hop = 0; ; hop++)
        {
            using var message = Message(request, method, target);
            var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            try
            {
                if (Redirect(request, response, target) is not { } next)
                {
                    await ThrowIfRefusedAsync(request, response, target, cancellation).ConfigureAwait(false);
                    return response;
                }
                if (hop == MaxRedirects)
                    throw new FlywheelException(FlywheelError.RedirectRefused, $"{_key} redirects {request} more than {MaxRedirects} times.");
                // RFC 9110 §15.4: after these, the new place is asked with GET, unless it was HEAD or GET already.
                if (response.StatusCode is HttpStatusCode.SeeOther || (response.StatusCode is HttpStatusCode.Moved or HttpStatusCode.Found && method == HttpMethod.Post))
                    method = HttpMethod.Get;
                target = next;
                response.Dispose();
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
    }

    private HttpRequestMessage Message(FlywheelRequest request, HttpMethod method, Uri target)
    {
        var message = new HttpRequestMessage(method, target);
        message.Headers.TryAddWithoutValidation("User-Agent", _options.UserAgent);
        if (request.Elsewhere is null && IsOurs(target))
        {
            message.Headers.Authorization = _key.Authorization;
            message.Headers.Add("X-Accept-Feature", request.IsPaged ? "pagination," + Features : Features);
        }
        if (request.From > 0)
            message.Headers.Range = new RangeHeaderValue(request.From, null);
        if (method != HttpMethod.Get && method == request.Method && request.Content is { } content)
            message.Content = content();
        foreach (var (name, value) in request.Headers ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
                message.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        return message;
    }

    private bool IsOurs(Uri target)
        => target.Scheme == _key.BaseUri.Scheme && target.Host.Equals(_key.BaseUri.Host, StringComparison.OrdinalIgnoreCase) && target.Port == _key.BaseUri.Port;

    private Uri? Redirect(FlywheelRequest request, HttpResponseMessage response, Uri from)
    {
        if (response.StatusCode is not (HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect
            or HttpStatusCode.PermanentRedirect) || response.Headers.Location is not { } location)
            return null;
        var target = location.IsAbsoluteUri ? location : new Uri(from, location);
        if (target.Scheme != Uri.UriSchemeHttps && (target.Scheme != Uri.UriSchemeHttp || from.Scheme == Uri.UriSchemeHttps))
            throw new FlywheelException(FlywheelError.RedirectRefused, $"{_key} redirects {request} to a place without encryption ({target.Host}); that is not followed.");
        return target;
    }

    private async Task ThrowIfRefusedAsync(FlywheelRequest request, HttpResponseMessage response, Uri target, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode)
            return;
        var status = response.StatusCode;
        var isFromStorage = !IsOurs(target);
        var said = await ErrorAnswer.ReadAsync(response, cancellation).ConfigureAwait(false);
        var (error, advice) = (int)status switch
        {
            401 => (FlywheelError.Unauthorized, "The API key is not valid there, or its job has ended. Make a new key in your Flywheel profile."),
            402 => (FlywheelError.Unauthorized, "The key's user is unknown or disabled."),
            403 => (FlywheelError.Forbidden, isFromStorage ? "The signed URL has run out." : "The key's user has no permission for it."),
            404 => (FlywheelError.NotFound, "It is not there, or the key's user may not see it."),
            409 => (FlywheelError.Conflict, ""),
            429 => (FlywheelError.TooManyRequests, ""),
            408 or 425 or >= 500 => (FlywheelError.ServerError, "The instance, or a proxy before it, is in trouble."),
            _ => (FlywheelError.Refused, ""),
        };
        var who = isFromStorage ? $"The storage of {_key}" : _key.ToString();
        throw new FlywheelException(error, $"{who} answered {request} with {(int)status}{said}. {advice}".TrimEnd())
        {
            StatusCode = status, IsFromStorage = isFromStorage, RetryAfter = RetryAfter(response),
            IsTransient = (int)status is 408 or 425 or 429 or 500 or 502 or 503 or 504,
        };
    }

    /// <summary>The wait that the server asks for; null if there is none, or if it is zero.</summary>
    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var after = response.Headers.RetryAfter;
        var wait = after?.Delta ?? (after?.Date is { } date ? date - _options.Time.GetUtcNow() : null);
        return wait > TimeSpan.Zero ? wait : null;
    }
}
