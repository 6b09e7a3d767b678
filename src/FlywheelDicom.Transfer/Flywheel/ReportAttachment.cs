using FlywheelDicom.Flywheel;
using FlywheelDicom.Transfer.Reporting;

namespace FlywheelDicom.Transfer.Flywheel;

/// <summary>A container that a report is attached to.</summary>
internal sealed record ReportAttachment(FlywheelContainerKind Kind, string ContainerId)
{
    /// <summary>
    /// The container that was selected for the run, or the smallest one that contains all results; for several projects, each project.
    /// Results without a known project are left out, unless there are no others. Empty for local input.
    /// </summary>
    public static IReadOnlyList<ReportAttachment> For(SendTally tally)
    {
        ArgumentNullException.ThrowIfNull(tally);
        var all = tally.Origins.Where(o => o.Scope is not null).ToList();
        var known = all.Where(o => o.ProjectId is not null).ToList();
        var origins = known.Count > 0 ? known : all;
        if (origins.Count == 0)
            return [];
        if (Distinct(origins, o => o.Scope!.Id) is [{ } scope])
            return [new ReportAttachment(Enum.Parse<FlywheelContainerKind>(origins[0].Scope!.Kind, ignoreCase: true), scope)];
        if (Distinct(origins, o => o.SessionId) is [{ } session])
            return [new ReportAttachment(FlywheelContainerKind.Session, session)];
        if (Distinct(origins, o => o.SubjectId) is [{ } subject])
            return [new ReportAttachment(FlywheelContainerKind.Subject, subject)];
        return [.. Distinct(origins, o => o.ProjectId).Where(p => p is not null).Select(p => new ReportAttachment(FlywheelContainerKind.Project, p!))];
    }

    /// <summary>Attaches a report. Returns null, or the failure.</summary>
    /// <param name="client">The instance.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="path">The local file.</param>
    /// <param name="route">How the bytes get there.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Exception?> TryAttachAsync(FlywheelClient client, string name, string path, UploadRoute route, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(client);
        try
        {
            await client.UploadAsync(Kind, ContainerId, name, path, route, cancellation).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e;
        }
    }

    public override string ToString() => $"{Kind.Word()}/{ContainerId}";

    private static List<string?> Distinct(List<DicomOrigin> origins, Func<DicomOrigin, string?> id)
        => origins.Select(id).Distinct(StringComparer.Ordinal).ToList();
}
