using System.Globalization;
using System.Net.Http.Headers;

namespace FlywheelDicom.Flywheel;

/// <summary>
/// An API key as users paste it: <c>host:secret</c> or <c>host:port:secret</c>, with <c>__force_insecure</c> between them, or a scheme
/// or the name of the authorization before them. The secret is never shown.
/// </summary>
internal sealed class FlywheelApiKey
{
    private const string Insecure = "__force_insecure";
    private const int BearerLength = 57;

    private readonly string _secret;

    private FlywheelApiKey(Uri baseUri, string host, string secret) => (BaseUri, Host, _secret) = (baseUri, host, secret);

    public string Host { get; }
    public int Port => BaseUri.Port;

    /// <summary>The key asks for plain HTTP.</summary>
    public bool IsInsecure => BaseUri.Scheme == Uri.UriSchemeHttp;

    /// <summary>The address of the API. It ends in a slash.</summary>
    public Uri BaseUri { get; }

    /// <summary>The scheme depends on the kind of key. Servers compare it case-sensitively.</summary>
    internal AuthenticationHeaderValue Authorization => new(_secret.Length == BearerLength ? "Bearer" : "scitran-user", _secret);

    /// <exception cref="FlywheelException">It is not a key. The message does not repeat it.</exception>
    public static FlywheelApiKey Parse(string? text)
    {
        var rest = WithoutWord(WithoutWord(text?.Trim() ?? "", "bearer "), "scitran-user ").Trim();
        var isInsecure = rest.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        rest = WithoutWord(WithoutWord(rest, "http://"), "https://");
        if (!TakeHost(ref rest, out var host) || Uri.CheckHostName(host.Trim('[', ']')) == UriHostNameType.Unknown)
            throw Malformed();
        var parts = rest.Split(':');
        var secret = parts[^1].Trim();
        int? port = null;
        foreach (var part in parts[..^1])
        {
            if (part == Insecure)
                isInsecure = true;
            else if (part.Length is >= 1 and <= 5 && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535)
                port = number;
            else
                throw Malformed();
        }
        if (secret.Length == 0 || secret.Any(c => c is <= ' ' or > '~'))
            throw Malformed();
        var baseUri = new UriBuilder(isInsecure ? Uri.UriSchemeHttp : Uri.UriSchemeHttps, host, port ?? (isInsecure ? 80 : 443), "/api/").Uri;
        return new FlywheelApiKey(baseUri, host, secret);
    }

    /// <summary>Host and port alone.</summary>
    public override string ToString() => $"{Host}:{Port}";

    private static bool TakeHost(ref string rest, out string host)
    {
        var end = rest.StartsWith('[') ? rest.IndexOf(']', StringComparison.Ordinal) + 1 : rest.IndexOf(':', StringComparison.Ordinal);
        // A host alone, or a secret alone: that cannot be known.
        if (end <= 0 || end >= rest.Length || rest[end] != ':')
        {
            host = "";
            return false;
        }
        host = rest[..end].TrimEnd('/');
        if (host.EndsWith("/api", StringComparison.OrdinalIgnoreCase))
            host = host[..^4].TrimEnd('/');
        rest = rest[(end + 1)..];
        // https://host:8443/api:secret
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && rest[..slash].All(char.IsAsciiDigit) && rest.IndexOf(':', slash) is > 0 and var colon)
            rest = rest[..slash] + rest[colon..];
        return true;
    }

    private static string WithoutWord(string text, string word)
        => text.StartsWith(word, StringComparison.OrdinalIgnoreCase) ? text[word.Length..] : text;

    private static FlywheelException Malformed() => new(FlywheelError.KeyMalformed,
        "That is not a Flywheel API key. A key looks like 'flywheel.example.org:SECRET', with a port between where there is one; copy it from your Flywheel profile.");
}
