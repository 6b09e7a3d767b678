namespace FlywheelDicom.Flywheel;

/// <summary>Orders names by how near they are to a mistyped one.</summary>
internal static class NearestNames
{
    /// <summary>Longer names are compared by this many characters.</summary>
    private const int Compared = 64;

    /// <summary>The nearest first: same but for case, then by beginning, then by the number of changes that lead from one to the other.</summary>
    public static IReadOnlyList<string> Of(string wanted, IEnumerable<string> names, int max)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(names);
        var folded = Folded(wanted);
        return [.. names.Distinct(StringComparer.Ordinal)
            .Select(n => (Name: n, Rank: Rank(folded, Folded(n)), Changes: Changes(folded, Folded(n))))
            .OrderBy(n => n.Rank).ThenBy(n => n.Changes).ThenBy(n => n.Name, StringComparer.Ordinal).Take(max).Select(n => n.Name)];
    }

    /// <summary>The least number of characters to insert, remove or replace.</summary>
    internal static int Changes(string one, string other)
    {
        var row = new int[other.Length + 1];
        for (var j = 0; j <= other.Length; j++)
            row[j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[^1];
    }

    private static int Rank(string wanted, string name)
    {
        if (name == wanted)
            return 0;
        return wanted.Length > 0 && (name.StartsWith(wanted, StringComparison.Ordinal) || (name.Length > 0 && wanted.StartsWith(name, StringComparison.Ordinal))) ? 1 : 2;
    }

    private static string Folded(string text)
    {
        var lower = text.Trim().ToUpperInvariant();
        return lower.Length > Compared ? lower[..Compared] : lower;
    }
}
