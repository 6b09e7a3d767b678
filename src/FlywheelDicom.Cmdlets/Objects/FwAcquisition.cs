using FlywheelDicom.Flywheel;

namespace FlywheelDicom;

/// <summary>An acquisition of Flywheel; it pipes into Get-FwFile and Get-FwSessionDicom.</summary>
public sealed record FwAcquisition : FwContainer
{
    /// <summary>Flywheel's id of it.</summary>
    public required string AcquisitionId { get; init; }

    /// <summary>The session's id in Flywheel.</summary>
    public string? SessionId { get; init; }

    /// <summary>The session's label, where it could be read.</summary>
    public string? SessionLabel { get; init; }

    /// <summary>The project's id in Flywheel.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The project's label, where it could be read.</summary>
    public string? ProjectLabel { get; init; }

    /// <summary>The subject's id in Flywheel.</summary>
    public string? SubjectId { get; init; }

    /// <summary>The subject's label, where it could be read.</summary>
    public string? SubjectLabel { get; init; }

    /// <summary>When it was acquired, local time.</summary>
    public DateTime? Timestamp { get; init; }

    /// <summary>Its files; null where the instance does not tell.</summary>
    public int? FileCount { get; init; }

    /// <summary>Bytes of its files, as far as their entries tell; null where there are none.</summary>
    public long? Size { get; init; }

    /// <summary>The modalities of its files, such as MR.</summary>
    public IReadOnlyList<string> Modality { get; init; } = [];

    /// <summary>The types of its files, such as dicom and nifti.</summary>
    public IReadOnlyList<string> FileType { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => base.ToString();

    internal static FwAcquisition Of(FlywheelContainer container, DicomOrigin place)
    {
        var files = container.Files?.Where(f => f is not null && string.IsNullOrEmpty(f.Deleted)).ToList();
        return new()
        {
            AcquisitionId = container.Id, Label = Shown(container.Label), GroupId = place.GroupId, ProjectId = place.ProjectId, ProjectLabel = place.ProjectLabel,
            SubjectId = place.SubjectId, SubjectLabel = place.SubjectLabel, SessionId = place.SessionId, SessionLabel = place.SessionLabel,
            Timestamp = container.Timestamp?.LocalDateTime, Created = container.Created?.LocalDateTime, FileCount = files?.Count,
            Size = files?.Any(f => f.Size is not null) == true ? files.Sum(f => f.Size ?? 0) : null,
            Modality = Words(files?.Select(f => f.Modality)), FileType = Words(files?.Select(f => f.Type)), Path = FwPath.Of(place, FlywheelContainerKind.Acquisition),
        };
    }

    private static List<string> Words(IEnumerable<string?>? words)
        => [.. (words ?? []).Where(w => !string.IsNullOrEmpty(w)).Select(w => PlainText.Clean(w!)).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
}
