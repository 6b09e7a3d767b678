using System.Globalization;

namespace FlywheelDicom.Transfer.Progress;

/// <summary>What of a run is shown, in words. The first things matter most: a bar cuts the rest off.</summary>
internal static class ProgressText
{
    /// <summary>Characters of a name; the end of a longer one is shown.</summary>
    private const int MaxName = 40;

    /// <summary>One line about sending.</summary>
    /// <param name="now">How far it is.</param>
    /// <param name="destination">The name of the peer.</param>
    /// <param name="clock">The local time.</param>
    public static string Of(SendSnapshot now, string destination, DateTimeOffset clock)
    {
        var parts = new List<string>();
        if (StateOf(now, destination, clock) is { } state)
            parts.Add(state);
        parts.Add(Count(now.Done, now.Total, now.IsTotalKnown));
        if (now.Percent >= 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{now.Percent}% of {Bytes(now.TotalBytes)}{(now.IsTotalKnown ? "" : "+")}"));
        if (now.Failed > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{now.Failed} failed"));
        parts.Add(string.Create(CultureInfo.InvariantCulture, $"{now.BytesPerSecond / 1e6:0.0} MB/s, {now.InstancesPerSecond:0.#}/s"));
        if (now.TimeLeft is { } left && now.State == ProgressState.Working)
            parts.Add($"{Time(left)} left");
        if (now.Current is { } name)
            parts.Add(string.IsNullOrEmpty(now.Series) ? Short(name) : $"{Short(name)} ({now.Series})");
        return string.Join(", ", parts);
    }

    /// <summary>One line about reading or fetching.</summary>
    public static string Of(ReadSnapshot now, string source)
    {
        var parts = new List<string>();
        if (now.IsWaiting)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"waiting for {source} since {now.Standing.TotalSeconds:0} s"));
        if (now.Retry is { } retry)
            parts.Add(retry);
        if (now.Files > 0)
        {
            parts.Add($"{Count(now.FetchedFiles, now.Files, now.IsTotalKnown)} files");
            parts.Add($"{Bytes(now.Fetched)}{(now.FetchBytes > 0 ? $" of {Bytes(now.FetchBytes)}{(now.IsTotalKnown ? "" : "+")}" : "")}");
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{now.BytesPerSecond / 1e6:0.0} MB/s"));
        }
        parts.Add($"{Count(now.Found, now.Found + now.Ahead, now.IsTotalKnown)} instances");
        if (now.Files == 0 && now.InstancesPerSecond > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{now.InstancesPerSecond:0}/s"));
        if (now.Failed > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{now.Failed} with problems"));
        if (now.TimeLeft is { } left && !now.IsWaiting)
            parts.Add($"{Time(left)} left");
        if (now.Current is { } name)
            parts.Add(Short(name));
        return string.Join(", ", parts);
    }

    /// <summary>Where nothing moves, why.</summary>
    private static string? StateOf(SendSnapshot now, string destination, DateTimeOffset clock) => now.State switch
    {
        ProgressState.Outage or ProgressState.Down => now.Outage!.Describe(destination, clock),
        ProgressState.Connecting => string.Create(CultureInfo.InvariantCulture, $"connecting to {destination} since {now.Standing.TotalSeconds:0} s"),
        ProgressState.AwaitingAnswer => string.Create(CultureInfo.InvariantCulture, $"waiting for {destination} since {now.Standing.TotalSeconds:0} s"),
        ProgressState.AwaitingInput => "waiting for instances",
        _ => null,
    };

    /// <summary>"37 of 105", with a plus where more may come.</summary>
    private static string Count(long done, long total, bool isKnown)
        => string.Create(CultureInfo.InvariantCulture, $"{done} of {Math.Max(done, total)}{(isKnown ? "" : "+")}");

    /// <summary>Three digits and a unit: "1.23 GB".</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB"];
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 999.5 && unit < units.Length - 1; unit++)
            value /= 1000;
        var form = unit == 0 || value >= 99.95 ? "0" : value >= 9.995 ? "0.0" : "0.00";
        return $"{value.ToString(form, CultureInfo.InvariantCulture)} {units[unit]}";
    }

    /// <summary>"12 s", "3:05 min", "2:10 h", "3 days".</summary>
    public static string Time(TimeSpan time)
    {
        var seconds = (long)Math.Ceiling(time.TotalSeconds);
        return seconds switch
        {
            < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds} s"),
            < 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}:{seconds % 60:00} min"),
            < 2 * 86400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}:{seconds / 60 % 60:00} h"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86400} days"),
        };
    }

    private static string Short(string name) => name.Length <= MaxName ? name : "…" + name[^(MaxName - 1)..];
}
