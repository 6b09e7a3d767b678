namespace FlywheelDicom;

/// <summary>
/// Where an instance came from: the file or archive that a row of the report stands for, and its place in Flywheel.
/// All but <see cref="FileName"/> and <see cref="LocalPath"/> are null for local input.
/// </summary>
public sealed record DicomOrigin
{
    /// <summary>The file or archive, without its folder.</summary>
    public required string FileName { get; init; }

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
