using FlywheelDicom.Network.Connection;
using System.Text;

namespace FlywheelDicom;

/// <summary>A DICOM server and how to reach it: host, port, AE titles and TLS.</summary>
public sealed record DicomDestination
{
    /// <summary>The port that is registered for DICOM.</summary>
    public const int DefaultPort = 104;

    /// <summary>Our AE title where none is given.</summary>
    public const string DefaultCallingAE = "flywheel";

    /// <summary>The AE title of the receiver where none is given.</summary>
    public const string DefaultCalledAE = "ANY-SCP";

    private readonly string _calledAE = DefaultCalledAE;
    private readonly string _callingAE = DefaultCallingAE;
    private readonly string _host = "";
    private readonly int _port = DefaultPort;

    /// <summary>A host name, or an IPv4 or IPv6 address.</summary>
    /// <exception cref="ArgumentException">It is empty or cannot be a host.</exception>
    public required string Host
    {
        get => _host;
        init => _host = CheckedHost(value);
    }

    /// <summary>1 to 65535; 104 is DICOM's own.</summary>
    public int Port
    {
        get => _port;
        init => _port = value is >= 1 and <= 65535 ? value : throw new ArgumentException($"{value} is not a port: it must be 1 to 65535.");
    }

    /// <summary>The application entity title of the receiver.</summary>
    public string CalledAE
    {
        get => _calledAE;
        init => _calledAE = CheckedAETitle(value);
    }

    /// <summary>Our own application entity title.</summary>
    public string CallingAE
    {
        get => _callingAE;
        init => _callingAE = CheckedAETitle(value);
    }

    /// <summary>The TLS settings; null for a plain connection.</summary>
    public DicomTls? Tls { get; init; }

    /// <summary>The name that it is registered by; null for one that is not.</summary>
    public string? Name { get; init; }

    /// <summary>Whom it is registered for; null where it is not.</summary>
    public DicomDestinationScope? Scope { get; init; }

    /// <summary>What the text that it was made of said itself, beside the host: a parameter must not say otherwise.</summary>
    internal DestinationParts Stated { get; init; }

    /// <summary>
    /// 1 to 16 characters of the default repertoire, no backslash, not all spaces (PS3.5 §6.2, VR AE); spaces at the ends do not count.
    /// </summary>
    /// <exception cref="ArgumentException">It is not an AE title.</exception>
    internal static string CheckedAETitle(string title)
    {
        ArgumentNullException.ThrowIfNull(title);
        var trimmed = title.Trim(' ');
        if (trimmed.Length is 0 or > 16 || trimmed.Any(c => c is < ' ' or > '~' or '\\'))
            throw new ArgumentException($"'{title}' is not an AE title: it must be 1 to 16 ASCII characters without a backslash, and not only spaces.");
        return trimmed;
    }

    /// <summary>Called AE title, host and port.</summary>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return new StringBuilder(CalledAE).Append(" at ").Append(host).Append(':').Append(Port).ToString();
    }

    private static string CheckedHost(string host)
    {
        var trimmed = host?.Trim() ?? "";
        if (trimmed.StartsWith('[') && trimmed.EndsWith(']'))
            trimmed = trimmed[1..^1];
        // A scope (fe80::1%eth0) is not for CheckHostName.
        var name = trimmed.Split('%')[0];
        if (Uri.CheckHostName(name) == UriHostNameType.Unknown)
            throw new ArgumentException($"'{host}' is neither a host name nor an IP address. Write host, host:port or AET@host:port.");
        return trimmed;
    }
}
