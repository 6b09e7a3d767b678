namespace FlywheelDicom;

/// <summary>
/// Where an instance came from: the file or archive that a row of the report stands for, and its place in Flywheel.
/// All but <see cref="FileName"/>, <see cref="GivenPath"/> and <see cref="LocalPath"/> are null for local input. Names and labels are
/// fit to be shown (<see cref="PlainText"/>); <see cref="GivenPath"/> and <see cref="LocalPath"/> are as the file system has them.
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

    /// <summary>What was given and led to it: the path of a file, an archive or a folder; null for what comes from Flywheel.</summary>
    public string? GivenPath { get; init; }

    /// <summary>The file or archive on this machine; null for what comes from Flywheel.</summary>
    public string? LocalPath { get; init; }

    public string? FlywheelPath
    {
        get => _flywheelPath;
        init => _flywheelPath = Shown(value);
    }

    public string? GroupId { get; init; }
    public string? ProjectId { get; init; }

    public string? ProjectLabel
    {
        get => _projectLabel;
        init => _projectLabel = Shown(value);
    }

    public string? SubjectId { get; init; }

    public string? SubjectLabel
    {
        get => _subjectLabel;
        init => _subjectLabel = Shown(value);
    }

    public string? SessionId { get; init; }

    public string? SessionLabel
    {
        get => _sessionLabel;
        init => _sessionLabel = Shown(value);
    }

    public string? AcquisitionId { get; init; }

    public string? AcquisitionLabel
    {
        get => _acquisitionLabel;
        init => _acquisitionLabel = Shown(value);
    }

    /// <summary>What the run was about, where a report of it belongs; null for local input.</summary>
    public DicomOriginScope? Scope { get; init; }

    public override string ToString() => FlywheelPath ?? Shown(LocalPath) ?? FileName;

    private static string? Shown(string? text) => text is null ? null : PlainText.Clean(text);
}
