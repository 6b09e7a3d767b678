namespace FlywheelDicom.Flywheel;

/// <summary>
/// A place as users write it: <c>group/project/subject/session/acquisition</c>, with <c>fw://</c> before it or not, <c>&lt;id:...&gt;</c>
/// for an id at any level, and <c>/files/name</c> behind it for one file.
/// </summary>
internal sealed record FlywheelPath
{
    private const int MaxLevels = 5;

    private FlywheelPath(IReadOnlyList<string> containers, string? fileName) => (Containers, FileName) = (containers, fileName);

    /// <summary>The group's id, then labels.</summary>
    public IReadOnlyList<string> Containers { get; }
    public string? FileName { get; }

    /// <exception cref="ArgumentException">It is no such path.</exception>
    public static FlywheelPath Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var rest = text.Trim();
        if (rest.StartsWith("fw://", StringComparison.OrdinalIgnoreCase))
            rest = rest[5..];
        string? fileName = null;
        var files = rest.IndexOf("/files/", StringComparison.Ordinal);
        if (files > 0)
            (rest, fileName) = (rest[..files], rest[(files + 7)..]);
        var parts = rest.Trim('/').Split('/');
        if (parts.Length > MaxLevels || parts.Any(p => p.Length == 0) || fileName is { Length: 0 })
        {
            throw new ArgumentException(
                $"'{text}' is not a Flywheel path: it must be like group/project/subject/session/acquisition, with <id:...> for a label that holds a slash.");
        }
        return new FlywheelPath(parts, fileName);
    }

    /// <summary>How a container is named in a path: by its label, or by its id where the label cannot stand there.</summary>
    public static string SegmentOf(string? label, string? id)
        => string.IsNullOrEmpty(label) || label.Contains('/', StringComparison.Ordinal) || label.StartsWith("<id:", StringComparison.Ordinal) || label.Trim() != label || label == "files"
            ? id is null ? label ?? "" : $"<id:{id}>" : label;

    /// <summary>The id in a segment that is one; else null.</summary>
    public static string? IdIn(string segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        return segment.StartsWith("<id:", StringComparison.Ordinal) && segment.EndsWith('>') ? segment[4..^1] : null;
    }

    public override string ToString() => string.Join('/', Containers) + (FileName is null ? "" : "/files/" + FileName);
}
