using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Transfer.Flywheel;

/// <summary>Finds the place of a container in the hierarchy, in ids and labels. Where a label cannot be read, the path has the id.</summary>
internal sealed class FlywheelPlaces(FlywheelClient client, FlywheelHealth health, CancellationToken cancellation)
{
    private readonly Dictionary<(FlywheelContainerKind, string), FlywheelContainer?> _known = [];

    /// <exception cref="FlywheelException">It is not there, or may not be seen.</exception>
    public async Task<FlywheelContainer> GetAsync(FlywheelContainerKind kind, string id)
    {
        var container = await health.AskAsync(client, c => c.GetContainerAsync(kind, id, cancellation)).ConfigureAwait(false);
        Remember(kind, container);
        return container;
    }

    public void Remember(FlywheelContainerKind kind, FlywheelContainer container)
    {
        if (!container.IsUnread)
            _known[(kind, container.Id)] = container;
    }

    /// <summary>Frees its memory, so that a run over a whole project does not keep all sessions.</summary>
    public void Forget(FlywheelContainerKind kind, string id) => _known.Remove((kind, id));

    /// <summary>The place of an acquisition, without a file.</summary>
    public async Task<DicomOrigin> OfAcquisitionAsync(FlywheelContainer acquisition, DicomOriginScope scope)
    {
        var session = await FindAsync(FlywheelContainerKind.Session, acquisition.SessionId).ConfigureAwait(false);
        var place = await OfContainerAsync(FlywheelContainerKind.Session,
            (session ?? new FlywheelContainer { Id = acquisition.SessionId ?? "" }) with { Parents = session?.Parents ?? acquisition.Parents }, scope).ConfigureAwait(false);
        return place with
        {
            FileName = acquisition.Name, SessionId = acquisition.SessionId, AcquisitionId = acquisition.Id, AcquisitionLabel = acquisition.Name,
            FlywheelPath = $"{place.FlywheelPath}/{acquisition.Name}",
        };
    }

    /// <summary>The place of a project, subject or session.</summary>
    public async Task<DicomOrigin> OfContainerAsync(FlywheelContainerKind kind, FlywheelContainer container, DicomOriginScope scope)
    {
        var projectId = kind == FlywheelContainerKind.Project ? container.Id : container.ProjectId;
        var project = await FindAsync(FlywheelContainerKind.Project, projectId).ConfigureAwait(false);
        var groupId = container.GroupId ?? project?.GroupId;
        var place = new DicomOrigin
        {
            FileName = container.Name, Scope = scope, GroupId = groupId, ProjectId = projectId, ProjectLabel = project?.Name,
            FlywheelPath = $"{groupId}/{project?.Name ?? projectId}",
        };
        if (kind == FlywheelContainerKind.Project)
            return place;
        var subjectId = kind == FlywheelContainerKind.Subject ? container.Id : container.SubjectId;
        var subjectLabel = kind == FlywheelContainerKind.Subject ? container.Name
            : container.Subject?.Label ?? (await FindAsync(FlywheelContainerKind.Subject, subjectId).ConfigureAwait(false))?.Name;
        place = place with { SubjectId = subjectId, SubjectLabel = subjectLabel, FlywheelPath = $"{place.FlywheelPath}/{subjectLabel ?? subjectId}" };
        return kind == FlywheelContainerKind.Subject ? place
            : place with { SessionId = container.Id, SessionLabel = container.Label, FlywheelPath = $"{place.FlywheelPath}/{container.Name}" };
    }

    /// <summary>The container, or null if it cannot be read. Each is asked for once.</summary>
    private async Task<FlywheelContainer?> FindAsync(FlywheelContainerKind kind, string? id)
    {
        if (string.IsNullOrEmpty(id))
            return null;
        if (_known.TryGetValue((kind, id), out var known))
            return known;
        try
        {
            return await GetAsync(kind, id).ConfigureAwait(false);
        }
        catch (FlywheelException)
        {
            // Only its label is needed, so the run goes on.
            return _known[(kind, id)] = null;
        }
    }
}
