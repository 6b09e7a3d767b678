namespace FlywheelDicom;

/// <summary>
/// Where an instance came from: the file or archive that a row of the report is about, and its place in Flywheel.
/// All but <see cref="FileName"/>, <see cref="GivenPath"/> and <see cref="LocalPath"/> are null for local input. Names and labels are
/// safe to show (<see cref="PlainText"/>). <see cref="GivenPath"/> and <see cref="LocalPath"/> are as the file system has them.
/// </summary>
public sealed record DicomOrigin
{
    private readonly string _fileName = "";
    private readonly string? _flywheelPath;
    private readonly string? _projectLabel;
    private readonly string? _subjectLabel;
    private readonly string? _sessionLabel;
    private readonly string? _acquisitionLabel;

    /// <summary>
    /// The file or archive. Where a folder was given it is the path below that folder, with a slash between the names on every
    /// system, so that files of one name in two folders can be told apart.
    /// </summary>
    public required string FileName
    {
        get => _fileName;
        init => _fileName = PlainText.Clean(value);
    }

    /// <summary>The path that the user gave: a file, an archive or a folder. Null for what comes from Flywheel.</summary>
    public string? GivenPath { get; init; }

    /// <summary>The file or archive on this machine; null for what comes from Flywheel.</summary>
    public string? LocalPath { get; init; }

    /// <summary>Group, project, subject, session, acquisition and file, separated by slashes.</summary>
    public string? FlywheelPath
    {
        get => _flywheelPath;
        init => _flywheelPath = Shown(value);
    }

    /// <summary>The id of the Flywheel group.</summary>
    public string? GroupId { get; init; }

    /// <summary>The id of the Flywheel project.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The label of the Flywheel project.</summary>
    public string? ProjectLabel
    {
        get => _projectLabel;
        init => _projectLabel = Shown(value);
    }

    /// <summary>The id of the Flywheel subject.</summary>
    public string? SubjectId { get; init; }

    /// <summary>The label of the Flywheel subject.</summary>
    public string? SubjectLabel
    {
        get => _subjectLabel;
        init => _subjectLabel = Shown(value);
    }

    /// <summary>The id of the Flywheel session.</summary>
    public string? SessionId { get; init; }

    /// <summary>The label of the Flywheel session.</summary>
    public string? SessionLabel
    {
        get => _sessionLabel;
        init => _sessionLabel = Shown(value);
    }

    /// <summary>The id of the Flywheel acquisition.</summary>
    public string? AcquisitionId { get; init; }

    /// <summary>The label of the Flywheel acquisition.</summary>
    public string? AcquisitionLabel
    {
        get => _acquisitionLabel;
        init => _acquisitionLabel = Shown(value);
    }

    /// <summary>What the run was about, where a report of it belongs; null for local input.</summary>
    public DicomOriginScope? Scope { get; init; }

    /// <summary>The path in Flywheel; for local input the path of the file.</summary>
    public override string ToString() => FlywheelPath ?? Shown(LocalPath) ?? FileName;

    private static string? Shown(string? text) => text is null ? null : PlainText.Clean(text);
}
