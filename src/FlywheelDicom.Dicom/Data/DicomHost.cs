namespace FlywheelDicom;

/// <summary>What the engine asks of the program that it runs in.</summary>
internal static class DicomHost
{
    /// <summary>
    /// Makes a full path of a user's path. By default it is relative to the directory of the process. A shell sets it, since it has a
    /// location of its own.
    /// </summary>
    public static Func<string, string> ResolvePath { get; set; } = Path.GetFullPath;

    /// <summary>
    /// Gets a message, once for each word, where an indexer of a data set was given a word that is neither a tag nor a keyword. Some
    /// shells hide the exception of an indexer.
    /// </summary>
    public static Action<string>? UnknownKeyword { get; set; }
}
