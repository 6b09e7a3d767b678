namespace FlywheelDicom.Transfer.Sources;

/// <summary>A path with all links in it followed. So two paths to one folder become the same.</summary>
internal static class RealPath
{
    /// <summary>As many as operating systems follow.</summary>
    private const int MaxLinks = 40;

    /// <exception cref="IOException">Its links lead in a circle.</exception>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        var names = new Stack<string>();
        Push(names, full[real.Length..]);
        for (var links = 0; names.TryPop(out var name);)
        {
            if (name is ".")
                continue;
            if (name is "..")
            {
                // The parent of the folder that a link has led to. The platform would use the text of the path only.
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }
            var next = Path.Combine(real, name);
            if (new DirectoryInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }
            if (++links > MaxLinks)
                throw new IOException("Its links lead in a circle.");
            var start = Path.GetPathRoot(target)!;
            if (start.Length > 0)
                real = Path.GetPathRoot(Path.GetFullPath(target))!;
            Push(names, target[start.Length..]);
        }
        return real;
    }

    private static void Push(Stack<string> names, string path)
    {
        var parts = path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        for (var i = parts.Length - 1; i >= 0; i--)
            names.Push(parts[i]);
    }
}
