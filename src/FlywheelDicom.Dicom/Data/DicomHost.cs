namespace FlywheelDicom;

/// <summary>What the engine asks of the program that it runs in.</summary>
internal static class DicomHost
{
    /// <summary>
    /// Turns a path as a user gave it into a full one. Unless set, it is relative to the process's directory; a shell has a
    /// location of its own.
    /// </summary>
    public static Func<string, string> ResolvePath { get; set; } = Path.GetFullPath;

    /// <summary>
    /// Told once of each word that a data set was asked for by its indexer and that is neither tag nor keyword, with the nearest
    /// keyword: some shells hide what an indexer throws.
    /// </summary>
    public static Action<string>? UnknownKeyword { get; set; }
}
