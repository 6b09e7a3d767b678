using System.Globalization;

namespace FlywheelDicom.Network.Connection;

/// <summary>A destination as one text: <c>host</c>, <c>host:port</c>, <c>AET@host:port</c>, with IPv6 addresses in brackets before a port.</summary>
internal static class DestinationText
{
    /// <summary>The destination that the text says.</summary>
    /// <exception cref="ArgumentException">It is none; the message says which part of it.</exception>
    public static DicomDestination Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var rest = text.Trim();
        if (rest.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme)
            throw new ArgumentException($"'{text}' is not a destination: it is written without '{rest[..(scheme + 3)]}', as host, host:port or AET@host:port.");
        // An AE title may hold the sign; a host cannot.
        var at = rest.LastIndexOf('@');
        var calledAE = at >= 0 ? DicomDestination.CheckedAETitle(rest[..at]) : null;
        rest = rest[(at + 1)..];
        var colon = PortColon(rest);
        var destination = new DicomDestination { Host = colon < 0 ? rest : rest[..colon] };
        if (colon >= 0)
            destination = destination with { Port = ParsePort(text, rest[(colon + 1)..]), Stated = DestinationParts.Port };
        return calledAE is null ? destination : destination with { CalledAE = calledAE, Stated = destination.Stated | DestinationParts.CalledAE };
    }

    /// <summary>The text that <see cref="Parse"/> reads, without the AE title where any will do.</summary>
    public static string Format(string? calledAE, string host, int port)
    {
        var shown = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        return string.Create(CultureInfo.InvariantCulture, $"{(calledAE is null ? "" : calledAE + "@")}{shown}:{port}");
    }

    /// <summary>Where the colon before a port is. An IPv6 address without brackets has colons of its own, and no port.</summary>
    private static int PortColon(string text)
    {
        var bracket = text.IndexOf(']', StringComparison.Ordinal);
        if (bracket >= 0)
            return text.IndexOf(':', bracket);
        var first = text.IndexOf(':', StringComparison.Ordinal);
        return first == text.LastIndexOf(':') ? first : -1;
    }

    private static int ParsePort(string text, string port)
        => int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535 ? number
            : throw new ArgumentException($"'{text}' is not a destination: '{port}' is not a port, which is a number from 1 to 65535.");
}
