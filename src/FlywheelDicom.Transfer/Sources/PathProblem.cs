using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The problem of a file or a folder that cannot be opened, and what the user can do.</summary>
internal static class PathProblem
{
    /// <summary>.NET puts this character into a name in place of bytes that are not UTF-8. The file cannot be opened by that name.</summary>
    private const char Unknown = '\uFFFD';

    /// <param name="path">Null if it is not from the file system.</param>
    /// <param name="e">The exception of opening it.</param>
    public static DicomProblem Of(string? path, Exception e) => e switch
    {
        DicomFormatException format => new(format.ErrorId, format.Message),
        UnauthorizedAccessException => Denied(),
        FileNotFoundException or DirectoryNotFoundException when path is not null => new(DicomProblem.Unreadable, Gone(path)),
        _ => new(DicomProblem.Unreadable, $"It cannot be read: {e.Message}"),
    };

    /// <summary>The problem of a given path that seems not to exist.</summary>
    public static DicomProblem OfMissing(string path)
    {
        try
        {
            File.GetAttributes(path);
            return new(DicomProblem.NotFound, "It does not exist.");
        }
        catch (UnauthorizedAccessException)
        {
            return Denied();
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            return new(DicomProblem.NotFound, e is FileNotFoundException or DirectoryNotFoundException ? "It does not exist." : $"It does not exist: {e.Message}");
        }
    }

    public static DicomProblem OfSpecial(string kind) => new(DicomProblem.Unreadable, $"It is {kind} and not a file. It is not opened.");

    private static DicomProblem Denied() => new(DicomProblem.Unreadable, "It cannot be read: access is denied.");

    private static string Gone(string path)
    {
        if (new FileInfo(path).LinkTarget is { } target)
        {
            var fetch = target.Replace('\\', '/').Contains("annex/objects/", StringComparison.Ordinal) ? " Its content was not fetched: 'git annex get' or 'datalad get' does that." : "";
            return $"It is a link, and the link's target is not there: '{target}'.{fetch}";
        }
        return path.Contains(Unknown, StringComparison.Ordinal)
            ? "It cannot be opened, as its name is not valid UTF-8. Rename it."
            : "It was there when its folder was listed, and is not there any more.";
    }
}
