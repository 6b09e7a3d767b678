using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Transfer.Flywheel;

/// <summary>
/// Lists the DICOM files below a container with their places, in a stable order: sessions and acquisitions by time and id, files by name.
/// Only acquisitions hold images that are sent, as with the gear.
/// </summary>
public sealed class FlywheelCatalog
{
    private readonly FlywheelClient _client;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<(FlywheelContainerKind, string), FlywheelContainer> _known = [];

    /// <param name="client">The instance.</param>
    /// <param name="cancellation">Ends the listing.</param>
    public FlywheelCatalog(FlywheelClient client, CancellationToken cancellation) => (_client, _cancellation) = (client, cancellation);

    /// <exception cref="FlywheelException">The container is not there, or cannot be listed.</exception>
    public async Task<IReadOnlyList<FlywheelItem>> ListAsync(FlywheelSelection selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        var container = await GetAsync(selection.Kind, selection.ContainerId).ConfigureAwait(false);
        if (selection.Kind == FlywheelContainerKind.Analysis)
        {
            // An analysis has no images of its own: those of what it was started on are meant.
            if (container.Parent is not { Id: { } id, Type: { } type } || !Enum.TryParse<FlywheelContainerKind>(type, ignoreCase: true, out var kind))
                throw new ArgumentException($"The analysis {selection.ContainerId} does not tell what it belongs to.");
            return await ListAsync(selection with { Kind = kind, ContainerId = id }).ConfigureAwait(false);
        }
        var scope = new DicomOriginScope(selection.Kind.Word(), container.Id, container.Name);
        var items = new List<FlywheelItem>();
        foreach (var acquisition in await AcquisitionsAsync(selection.Kind, container).ConfigureAwait(false))
        {
            var files = (acquisition.Files ?? []).Where(selection.Takes).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
            if (files.Count == 0)
                continue;
            var origin = await OriginAsync(acquisition, scope).ConfigureAwait(false);
            items.AddRange(files.Select(f => new FlywheelItem(f, origin with { FileName = f.Name, FlywheelPath = origin.FlywheelPath + f.Name })));
        }
        return items;
    }

    private async Task<List<FlywheelContainer>> AcquisitionsAsync(FlywheelContainerKind kind, FlywheelContainer container)
    {
        switch (kind)
        {
            case FlywheelContainerKind.Acquisition:
                return [container];
            case FlywheelContainerKind.Session:
                return await ChildrenAsync(container, kind).ConfigureAwait(false);
            case FlywheelContainerKind.Subject or FlywheelContainerKind.Project:
                var all = new List<FlywheelContainer>();
                var sessions = _client.ListAsync(FlywheelContainerKind.Session, (kind, container.Id), null, _cancellation);
                foreach (var session in await InOrderAsync(sessions).ConfigureAwait(false))
                    all.AddRange(await ChildrenAsync(Remember(FlywheelContainerKind.Session, session), FlywheelContainerKind.Session).ConfigureAwait(false));
                return all;
            default:
                throw new ArgumentException($"Images of a whole {kind.Word()} are not sent: name a project, subject, session or acquisition.");
        }
    }

    private async Task<List<FlywheelContainer>> ChildrenAsync(FlywheelContainer container, FlywheelContainerKind kind)
    {
        var listed = await InOrderAsync(_client.ListAsync(FlywheelContainerKind.Acquisition, (kind, container.Id), null, _cancellation)).ConfigureAwait(false);
        for (var i = 0; i < listed.Count; i++)
        {
            // Some installations list without files.
            if (listed[i].Files is null)
                listed[i] = await _client.GetContainerAsync(FlywheelContainerKind.Acquisition, listed[i].Id, _cancellation).ConfigureAwait(false);
            // Old servers tell an acquisition's session alone, some not even that.
            if (listed[i].SessionId is null)
                listed[i] = listed[i] with { Session = new FlywheelReference(container.Id, container.Label) };
        }
        return listed;
    }

    private static async Task<List<FlywheelContainer>> InOrderAsync(IAsyncEnumerable<FlywheelContainer> containers)
    {
        var all = new List<FlywheelContainer>();
        await foreach (var container in containers.ConfigureAwait(false))
            all.Add(container);
        return [.. all.OrderBy(c => c.Timestamp ?? c.Created ?? DateTimeOffset.MaxValue).ThenBy(c => c.Id, StringComparer.Ordinal)];
    }

    private async Task<DicomOrigin> OriginAsync(FlywheelContainer acquisition, DicomOriginScope scope)
    {
        var session = await FindAsync(FlywheelContainerKind.Session, acquisition.SessionId).ConfigureAwait(false);
        var subjectId = acquisition.SubjectId ?? session?.SubjectId;
        var projectId = acquisition.ProjectId ?? session?.ProjectId;
        var project = await FindAsync(FlywheelContainerKind.Project, projectId).ConfigureAwait(false);
        var subjectLabel = await SubjectLabelAsync(subjectId, session).ConfigureAwait(false);
        var groupId = acquisition.GroupId ?? session?.GroupId ?? project?.GroupId;
        return new DicomOrigin
        {
            FileName = "", Scope = scope, GroupId = groupId, ProjectId = projectId, ProjectLabel = project?.Name, SubjectId = subjectId, SubjectLabel = subjectLabel,
            SessionId = session?.Id ?? acquisition.SessionId, SessionLabel = session?.Name, AcquisitionId = acquisition.Id, AcquisitionLabel = acquisition.Name,
            FlywheelPath = $"{groupId}/{project?.Name ?? projectId}/{subjectLabel ?? subjectId}/{session?.Name ?? acquisition.SessionId}/{acquisition.Name}/files/",
        };
    }

    private async Task<string?> SubjectLabelAsync(string? id, FlywheelContainer? session)
        => session?.Subject?.Label ?? (await FindAsync(FlywheelContainerKind.Subject, id).ConfigureAwait(false))?.Name;

    /// <summary>For the labels of a path, where the server lets us see them; else the id stands in the path.</summary>
    private async Task<FlywheelContainer?> FindAsync(FlywheelContainerKind kind, string? id)
    {
        if (id is null)
            return null;
        try
        {
            return await GetAsync(kind, id).ConfigureAwait(false);
        }
        catch (FlywheelException e) when (e.Error is FlywheelError.NotFound or FlywheelError.Forbidden)
        {
            return null;
        }
    }

    private async Task<FlywheelContainer> GetAsync(FlywheelContainerKind kind, string id)
    {
        if (_known.TryGetValue((kind, id), out var known))
            return known;
        return Remember(kind, await _client.GetContainerAsync(kind, id, _cancellation).ConfigureAwait(false));
    }

    private FlywheelContainer Remember(FlywheelContainerKind kind, FlywheelContainer container) => _known[(kind, container.Id)] = container;
}
