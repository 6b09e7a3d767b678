namespace FlywheelDicom;

/// <summary>
/// Where an instance came from: the file or archive that a row of the report stands for, and its place in Flywheel.
/// All but <see cref="FileName"/>, <see cref="GivenPath"/> and <see cref="LocalPath"/> are null for local input.
/// </summary>
public sealed record DicomOrigin
{
    /// <summary>
    /// The file or archive. Where a folder was given it is the path below that folder, with a slash between the names on every
    /// system, so that files of one name in two folders can be told apart.
    /// </summary>
    public required string FileName { get; init; }

    /// <summary>What was given and led to it: the path of a file, an archive or a folder; null for what comes from Flywheel.</summary>
    public string? GivenPath { get; init; }

    /// <summary>The file or archive on this machine; null for what comes from Flywheel.</summary>
    public string? LocalPath { get; init; }

    public string? FlywheelPath { get; init; }
    public string? GroupId { get; init; }
    public string? ProjectId { get; init; }
    public string? ProjectLabel { get; init; }
    public string? SubjectId { get; init; }
    public string? SubjectLabel { get; init; }
    public string? SessionId { get; init; }
    public string? SessionLabel { get; init; }
    public string? AcquisitionId { get; init; }
    public string? AcquisitionLabel { get; init; }

    /// <summary>What the run was about, where a report of it belongs; null for local input.</summary>
    public DicomOriginScope? Scope { get; init; }

    public override string ToString() => FlywheelPath ?? LocalPath ?? FileName;
}
