using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// Refuses a journal that is not a file before it is opened: opening a pipe waits until it has a writer, and reading some devices
/// never ends.
/// </summary>
internal static class JournalPath
{
    /// <exception cref="JournalException">The path exists and is not a file.</exception>
    public static void RequireFile(string path)
    {
        var kind = Directory.Exists(path) ? "a folder" : SpecialFile.KindOf(path);
        if (kind is not null)
            throw new JournalException("JournalUnusable", $"The journal '{path}' is {kind}. Give the name of a file, which need not be there yet.");
    }
}
