using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// What a journal may be: a file. Anything else is refused before it is opened: a pipe would wait for a writer without end, and some
/// devices give bytes without end.
/// </summary>
internal static class JournalPath
{
    /// <exception cref="JournalException">There is something else than a file.</exception>
    public static void RequireFile(string path)
    {
        var kind = Directory.Exists(path) ? "a folder" : SpecialFile.KindOf(path);
        if (kind is not null)
            throw new JournalException("JournalUnusable", $"The journal '{path}' is {kind}. Give the name of a file, which need not be there yet.");
    }
}
