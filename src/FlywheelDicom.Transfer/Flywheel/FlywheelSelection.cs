using System.Globalization;
using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Transfer.Flywheel;

/// <summary>Which files of a container are meant.</summary>
internal sealed record FlywheelSelection
{
    public required FlywheelContainerKind Kind { get; init; }
    public required string ContainerId { get; init; }

    /// <summary>Only the file of this name, whatever its type; null: all of type dicom.</summary>
    public string? FileName { get; init; }

    /// <summary>Also files that nobody has typed, where their name says DICOM.</summary>
    public bool IncludesUntyped { get; init; }

    /// <summary>The files that are meant, by name; one that is listed twice is taken once.</summary>
    /// <param name="present">The files of an acquisition.</param>
    /// <exception cref="FlywheelException">One file is meant, and several have its name.</exception>
    public IReadOnlyList<FlywheelFile> Choose(IEnumerable<FlywheelFile> present)
    {
        var all = present.DistinctBy(f => string.IsNullOrEmpty(f.FileId) ? "name " + f.Name : f.FileId, StringComparer.Ordinal).ToList();
        var namesakes = all.GroupBy(f => f.Name, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        var files = all.Where(Takes).OrderBy(f => f.Name, StringComparer.Ordinal).ThenBy(f => f.FileId, StringComparer.Ordinal).ToList();
        if (FileName is not null && files.Count > 1)
        {
            var choices = files.Select(f => string.Create(CultureInfo.InvariantCulture,
                $"<id:{f.FileId}>{(f.Created is { } t ? " of " : " of unknown date")}{f.Created:yyyy-MM-dd HH:mm}"));
            throw new FlywheelException(FlywheelError.Ambiguous,
                $"{files.Count} files of the acquisition {ContainerId} are called '{FileName}': {string.Join(", ", choices)}. Name one by its id, '<id:...>' in place of its name.");
        }
        return namesakes.Count == 0 ? files : [.. files.Select(f => f with { HasNamesake = namesakes.Contains(f.Name) })];
    }

    /// <summary>A file that nobody has typed, whose name says DICOM, and which is not meant.</summary>
    internal bool LeavesUntyped(FlywheelFile file)
        => FileName is null && !IncludesUntyped && string.IsNullOrEmpty(file.Type) && LooksLikeDicom(file.Name);

    private bool Takes(FlywheelFile file)
    {
        if (FileName is not null)
            return file.Name == FileName || (!string.IsNullOrEmpty(file.FileId) && FileName == $"<id:{file.FileId}>");
        return string.Equals(file.Type, "dicom", StringComparison.OrdinalIgnoreCase)
            || (IncludesUntyped && string.IsNullOrEmpty(file.Type) && LooksLikeDicom(file.Name));
    }

    private static bool LooksLikeDicom(string name)
    {
        var lower = name.ToLowerInvariant();
        if (lower.EndsWith(".dcm", StringComparison.Ordinal) || lower.EndsWith(".dicom", StringComparison.Ordinal) || lower.EndsWith(".dcm30", StringComparison.Ordinal))
            return true;
        string[] archives = [".zip", ".tar", ".tgz", ".tar.gz", ".gz", ".7z", ".bz2", ".xz", ".zst"];
        return archives.Any(a => lower.EndsWith(a, StringComparison.Ordinal))
            && (lower.Contains("dicom", StringComparison.Ordinal) || lower.Contains(".dcm", StringComparison.Ordinal));
    }
}
