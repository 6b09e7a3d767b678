using System.Globalization;

namespace FlywheelDicom.Transfer.Progress;

/// <summary>A time in which a destination cannot be used.</summary>
internal sealed record Outage
{
    /// <summary>What happened: "connection lost", "connection refused".</summary>
    public required string What { get; init; }

    /// <summary>When it began, in local time.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The number of the try that comes next; 1 is the first there ever was.</summary>
    public int Try { get; init; }

    /// <summary>When that is.</summary>
    public DateTimeOffset NextTry { get; init; }

    /// <summary>When the instance that is tried is given up; null where that is not limited.</summary>
    public DateTimeOffset? GivesUp { get; init; }

    /// <summary>An instance was given up: what follows is not tried, but for one each half minute.</summary>
    public bool IsDown { get; init; }

    /// <summary>Instances that were not sent because of it.</summary>
    public long NotSent { get; init; }

    /// <summary>"connection to PACS lost 22:25:07, try 4, next in 8 s, gives up 22:26:07"</summary>
    /// <param name="destination">The peer's name.</param>
    /// <param name="now">In local time.</param>
    public string Describe(string destination, DateTimeOffset now)
    {
        if (IsDown)
            return string.Create(CultureInfo.InvariantCulture, $"{destination} is down since {Since:HH:mm:ss}, {NotSent} not sent, one is tried each 30 s");
        var text = string.Create(CultureInfo.InvariantCulture, $"{What.Replace("*", destination, StringComparison.Ordinal)} {Since:HH:mm:ss}, try {Try}");
        var wait = NextTry - now;
        text += wait > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $", next in {Math.Ceiling(wait.TotalSeconds):0} s") : " now";
        return GivesUp is { } end ? string.Create(CultureInfo.InvariantCulture, $"{text}, gives up {end:HH:mm:ss}") : text;
    }

    /// <summary>The words for a failure before there was a connection, with a star in place of the destination.</summary>
    public static string NoConnection => "no connection to *";

    /// <summary>The words for a failure, with a star in place of the destination.</summary>
    public static string Words(DicomNetworkException failure) => failure.Error switch
    {
        DicomNetworkError.AssociationRejected => "association refused by *",
        DicomNetworkError.AssociationAborted => "association aborted by *",
        DicomNetworkError.ConnectionRefused or DicomNetworkError.ConnectionFailed or DicomNetworkError.ConnectTimeout or DicomNetworkError.HostNotFound => "connection to * lost",
        DicomNetworkError.ResponseTimeout => "no answer of *",
        DicomNetworkError.WriteTimeout => "no data taken by *",
        DicomNetworkError.ConnectionLost => "connection to * lost",
        DicomNetworkError.ProtocolError => "invalid answer of *",
        _ => "connection to * failed",
    };
}
