using FlywheelDicom.Flywheel;

namespace FlywheelDicom;

/// <summary>A session of Flywheel; it pipes into Get-FwSessionDicom.</summary>
public sealed record FwSession
{
    /// <summary>Flywheel's id of it.</summary>
    public required string SessionId { get; init; }

    /// <summary>The name that people see.</summary>
    public string? Label { get; init; }

    /// <summary>The group that its project is in.</summary>
    public string? GroupId { get; init; }

    /// <summary>The project that it is in.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Whose session it is.</summary>
    public string? SubjectId { get; init; }

    /// <summary>The subject's label, where the instance told it along.</summary>
    public string? SubjectLabel { get; init; }

    /// <summary>When it was acquired, local time.</summary>
    public DateTime? Timestamp { get; init; }

    /// <summary>When it was made in Flywheel, local time.</summary>
    public DateTime? Created { get; init; }

    /// <summary>Its label; the id where it has none.</summary>
    public override string ToString() => Label ?? SessionId;

    internal static FwSession Of(FlywheelContainer container) => new()
    {
        SessionId = container.Id, Label = Shown(container.Label), GroupId = container.GroupId, ProjectId = container.ProjectId, SubjectId = container.SubjectId,
        SubjectLabel = Shown(container.Subject?.Label), Timestamp = container.Timestamp?.LocalDateTime, Created = container.Created?.LocalDateTime,
    };

    private static string? Shown(string? label) => label is null ? null : PlainText.Clean(label);
}
