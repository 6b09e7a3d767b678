using FlywheelDicom.Flywheel;
using FlywheelDicom.Transfer.Reporting;

namespace FlywheelDicom.Transfer.Flywheel;

/// <summary>Where a report belongs: the container that the run was about, or the smallest that holds all that was met.</summary>
public sealed record ReportAttachment(FlywheelContainerKind Kind, string ContainerId)
{
    /// <summary>Null for local input.</summary>
    public static ReportAttachment? For(SendTally tally)
    {
        ArgumentNullException.ThrowIfNull(tally);
        var origins = tally.Origins.Where(o => o.Scope is not null).ToList();
        if (origins.Count == 0)
            return null;
        if (Single(origins, o => o.Scope!.Id) is { } id)
            return new ReportAttachment(Enum.Parse<FlywheelContainerKind>(origins[0].Scope!.Kind, ignoreCase: true), id);
        if (Single(origins, o => o.SessionId) is { } session)
            return new ReportAttachment(FlywheelContainerKind.Session, session);
        if (Single(origins, o => o.SubjectId) is { } subject)
            return new ReportAttachment(FlywheelContainerKind.Subject, subject);
        return Single(origins, o => o.ProjectId) is { } project ? new ReportAttachment(FlywheelContainerKind.Project, project) : null;
    }

    public override string ToString() => $"{Kind.Word()}/{ContainerId}";

    private static string? Single(List<DicomOrigin> origins, Func<DicomOrigin, string?> id)
        => origins.Select(id).Distinct(StringComparer.Ordinal).Take(2).ToList() is [{ } only] ? only : null;
}
