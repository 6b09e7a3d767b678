using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Transfer.Flywheel;

/// <summary>Which files of a container are meant.</summary>
public sealed record FlywheelSelection
{
    public required FlywheelContainerKind Kind { get; init; }
    public required string ContainerId { get; init; }

    /// <summary>Only the file of this name, whatever its type; null: all of type dicom.</summary>
    public string? FileName { get; init; }

    /// <summary>Also files that nobody has typed, where their name says DICOM.</summary>
    public bool IncludesUntyped { get; init; }

    public bool Takes(FlywheelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (FileName is not null)
            return file.Name == FileName;
        return file.Type == "dicom" || (IncludesUntyped && string.IsNullOrEmpty(file.Type) && LooksLikeDicom(file.Name));
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
