using FlywheelDicom.Flywheel;

namespace FlywheelDicom;

/// <summary>A file of an acquisition in Flywheel; it pipes into Get-FwSessionDicom, whatever its type.</summary>
public sealed record FwFile : FwContainer
{
    /// <summary>Flywheel's id of it; null where the instance does not have one.</summary>
    public string? FileId { get; init; }

    /// <summary>Its name, fit to be shown; its id where it has no name.</summary>
    public required string FileName { get; init; }

    /// <summary>dicom, nifti, ...; null where nobody has typed it.</summary>
    public string? Type { get; init; }

    /// <summary>As DICOM has it: CT, MR, ...; null if it is not known.</summary>
    public string? Modality { get; init; }

    /// <summary>Bytes; null where its entry does not tell.</summary>
    public long? Size { get; init; }

    /// <summary>Members of a zip, where Flywheel has counted them.</summary>
    public long? Members { get; init; }

    /// <summary>When it was changed last, local time.</summary>
    public DateTime? Modified { get; init; }

    /// <summary>The acquisition's id in Flywheel.</summary>
    public required string AcquisitionId { get; init; }

    /// <summary>The acquisition's label.</summary>
    public string? AcquisitionLabel { get; init; }

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

    /// <summary>What stands for it in the API: its name, or its id where another file has that name.</summary>
    internal string Reference { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => base.ToString();

    internal static FwFile Of(FlywheelFile file, DicomOrigin place) => new()
    {
        FileId = file.FileId, FileName = PlainText.Clean(file.Label), Label = PlainText.Clean(file.Label), Type = Shown(file.Type), Modality = Shown(file.Modality), Size = file.Size,
        Members = file.ZipMemberCount, Created = file.Created?.LocalDateTime, Modified = file.Modified?.LocalDateTime, GroupId = place.GroupId,
        ProjectId = place.ProjectId, ProjectLabel = place.ProjectLabel, SubjectId = place.SubjectId, SubjectLabel = place.SubjectLabel,
        SessionId = place.SessionId, SessionLabel = place.SessionLabel, AcquisitionId = place.AcquisitionId!, AcquisitionLabel = place.AcquisitionLabel,
        Path = $"{FwPath.Of(place, FlywheelContainerKind.Acquisition)}/files/{PlainText.Clean(file.Label)}",
        Reference = (file.HasNamesake || file.Name.Length == 0) && file.FileId is { Length: > 0 } id ? $"<id:{id}>" : file.Name,
    };
}
