namespace FlywheelDicom.Transfer.Reporting;

/// <summary>The names in the rows of a report. No two files of this machine have the same name there.</summary>
internal static class RowNames
{
    private static readonly char[] s_separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    /// <summary>The names of the files. Equal names get as many parts of the path before them as make them different.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<DicomOrigin> origins)
    {
        var names = origins.Select(o => o.FileName).ToArray();
        foreach (var alike in Alike(origins, names))
        {
            var paths = alike.Select(i => origins[i].LocalPath!.Split(s_separators, StringSplitOptions.RemoveEmptyEntries)).ToArray();
            var longest = paths.Max(p => p.Length);
            string[] longer;
            var parts = names[alike[0]].Count(c => c == '/') + 1;
            do
            {
                parts++;
                longer = [.. paths.Select(p => string.Join('/', p.TakeLast(parts)))];
            }
            while (parts < longest && longer.Distinct(StringComparer.Ordinal).Count() < longer.Length);
            for (var i = 0; i < longer.Length; i++)
                names[alike[i]] = (origins[alike[i]] with { FileName = longer[i] }).FileName;
        }
        // A longer name may be equal to that of another file, which was given with its folder.
        foreach (var alike in Alike(origins, names))
        {
            foreach (var i in alike)
                names[i] = (origins[i] with { FileName = origins[i].LocalPath! }).FileName;
        }
        return names;
    }

    private static List<int[]> Alike(IReadOnlyList<DicomOrigin> origins, string[] names)
        => [.. Enumerable.Range(0, names.Length)
            .Where(i => origins[i] is { LocalPath: not null, FlywheelPath: null })
            .GroupBy(i => names[i], StringComparer.Ordinal).Select(g => g.ToArray()).Where(g => g.Length > 1)];
}
