using FlywheelDicom.Flywheel;
using FlywheelDicom.Transfer.Progress;

namespace FlywheelDicom.Transfer.Flywheel;

/// <summary>
/// Lists the DICOM files below a container with their places. Sessions come in the order of the instance, so that the first is
/// downloaded while the others are still listed; acquisitions of a session come by time and id, and files by name. As with the gear,
/// only files of acquisitions are sent. A container that cannot be listed gives an item with a problem, and the others go on.
/// </summary>
internal sealed class FlywheelCatalog
{
    private readonly FlywheelClient _client;
    private readonly FlywheelHealth _health;
    private readonly CancellationToken _cancellation;
    private readonly FlywheelPlaces _places;
    private readonly SortedDictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly Action<string>? _leftOut;
    private readonly ReadProgress? _progress;
    private int _acquisitions;

    /// <param name="client">The instance.</param>
    /// <param name="health">What is known of it from the requests before.</param>
    /// <param name="cancellation">Ends the listing.</param>
    /// <param name="leftOut">Told of what was passed over.</param>
    /// <param name="progress">Is told of the files that are known; null: nobody asks.</param>
    public FlywheelCatalog(FlywheelClient client, FlywheelHealth health, CancellationToken cancellation, Action<string>? leftOut = null, ReadProgress? progress = null)
    {
        (_client, _health, _cancellation, _leftOut, _progress) = (client, health, cancellation, leftOut, progress);
        _places = new FlywheelPlaces(client, health, cancellation);
    }

    /// <summary>What was found so far, as a sentence: the number of acquisitions, and of their files by type.</summary>
    public string Seen
    {
        get
        {
            var files = _seen.Count == 0 ? "no files" : string.Join(", ", _seen.Select(s => $"{s.Value} {(s.Value == 1 ? "file" : "files")} of {s.Key}"));
            return $"It has {_acquisitions} {(_acquisitions == 1 ? "acquisition" : "acquisitions")} with {files}.";
        }
    }

    /// <summary>Sessions of a subject or project that were met.</summary>
    public int Sessions { get; private set; }

    /// <summary>Those of them in which no file was meant.</summary>
    public int EmptySessions { get; private set; }

    /// <summary>Files that nobody has typed and that were left out, although their name says DICOM.</summary>
    public int UntypedDicom { get; private set; }

    /// <exception cref="FlywheelException">The container itself is not there, or may not be seen; or the file that is meant is not one.</exception>
    /// <exception cref="ArgumentException">Images of such a container are not sent.</exception>
    public async IAsyncEnumerable<FlywheelItem> ReadAsync(FlywheelSelection selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        var (kind, root) = await RootAsync(selection.Kind, selection.ContainerId).ConfigureAwait(false);
        var walk = new Walk(selection, new DicomOriginScope(kind.Word(), root.Id, root.Name));
        var items = kind switch
        {
            FlywheelContainerKind.Acquisition => AcquisitionAsync(walk, root, null),
            FlywheelContainerKind.Session => SessionAsync(walk, root),
            FlywheelContainerKind.Subject or FlywheelContainerKind.Project => SessionsAsync(walk, kind, root),
            _ => throw new ArgumentException($"Images of a whole {kind.Word()} are not sent: name a project, subject, session or acquisition."),
        };
        _progress?.EnterListing();
        try
        {
            await foreach (var item in items.ConfigureAwait(false))
                yield return item;
        }
        finally
        {
            _progress?.LeaveListing();
        }
    }

    /// <summary>The container to list. For an analysis it is the container that the analysis belongs to.</summary>
    private async Task<(FlywheelContainerKind Kind, FlywheelContainer Container)> RootAsync(FlywheelContainerKind kind, string id)
    {
        var container = await _places.GetAsync(kind, id).ConfigureAwait(false);
        if (kind != FlywheelContainerKind.Analysis)
            return (kind, container);
        if (container.Parent is not { Id: { } parentId, Type: { } type } || !Enum.TryParse<FlywheelContainerKind>(type, ignoreCase: true, out var parentKind)
            || parentKind == FlywheelContainerKind.Analysis)
            throw new ArgumentException($"The analysis {id} does not tell what it belongs to.");
        return (parentKind, await _places.GetAsync(parentKind, parentId).ConfigureAwait(false));
    }

    private async IAsyncEnumerable<FlywheelItem> SessionsAsync(Walk walk, FlywheelContainerKind kind, FlywheelContainer root)
    {
        await foreach (var (session, failure) in ChildrenAsync(FlywheelContainerKind.Session, kind, root.Id).ConfigureAwait(false))
        {
            if (session is null)
            {
                yield return Failed(await _places.OfContainerAsync(kind, root, walk.Scope).ConfigureAwait(false), root, $"The sessions of {kind.Word()} {root.Id}", failure!);
                yield break;
            }
            if (!string.IsNullOrEmpty(session.Deleted))
                continue;
            _places.Remember(FlywheelContainerKind.Session, session);
            Sessions++;
            var isEmpty = true;
            await foreach (var item in SessionAsync(walk, session).ConfigureAwait(false))
            {
                isEmpty = false;
                yield return item;
            }
            if (!isEmpty)
                continue;
            EmptySessions++;
            _leftOut?.Invoke($"The session '{session.Name}' ({session.Id}) holds no file of type dicom.");
        }
    }

    private async IAsyncEnumerable<FlywheelItem> SessionAsync(Walk walk, FlywheelContainer session)
    {
        var acquisitions = new List<FlywheelContainer>();
        FlywheelException? failure = null;
        await foreach (var (acquisition, why) in ChildrenAsync(FlywheelContainerKind.Acquisition, FlywheelContainerKind.Session, session.Id).ConfigureAwait(false))
        {
            if (acquisition is null)
                failure = why;
            else if (string.IsNullOrEmpty(acquisition.Deleted))
                acquisitions.Add(acquisition);
        }
        // They are all known now, long before the last one is fetched.
        foreach (var acquisition in acquisitions.Where(a => a.Files is not null))
            Announce(walk, acquisition);
        foreach (var acquisition in acquisitions.OrderBy(c => c.Timestamp ?? c.Created ?? DateTimeOffset.MaxValue).ThenBy(c => c.Id, StringComparer.Ordinal))
        {
            await foreach (var item in AcquisitionAsync(walk, acquisition, session).ConfigureAwait(false))
                yield return item;
        }
        if (failure is not null)
        {
            var place = await _places.OfContainerAsync(FlywheelContainerKind.Session, session, walk.Scope).ConfigureAwait(false);
            yield return Failed(place, session, $"The acquisitions of session {session.Id}", failure);
        }
        _places.Forget(FlywheelContainerKind.Session, session.Id);
    }

    private async IAsyncEnumerable<FlywheelItem> AcquisitionAsync(Walk walk, FlywheelContainer listed, FlywheelContainer? session)
    {
        var (acquisition, failure) = listed.Files is null ? await WholeAsync(listed).ConfigureAwait(false) : (listed, null);
        // Old servers give only the session of an acquisition, some not even that.
        if (acquisition.SessionId is null && session is not null)
            acquisition = acquisition with { Session = new FlywheelReference(session.Id, session.Label) };
        if (failure is not null)
        {
            yield return Failed(await _places.OfAcquisitionAsync(acquisition, walk.Scope).ConfigureAwait(false), acquisition, $"The files of acquisition {acquisition.Id}", failure);
            yield break;
        }
        _acquisitions++;
        if (listed.Files is null || session is null)
            Announce(walk, acquisition);
        var present = Present(acquisition);
        foreach (var file in present)
        {
            var type = string.IsNullOrEmpty(file.Type) ? "unknown type" : $"type {file.Type}";
            _seen[type] = _seen.GetValueOrDefault(type) + 1;
        }
        var files = walk.Selection.Choose(present);
        foreach (var untyped in present.Where(walk.Selection.LeavesUntyped))
        {
            UntypedDicom++;
            _leftOut?.Invoke($"'{untyped.Label}' of acquisition {acquisition.Id} has no type, and is left out; -IncludeUntyped takes it.");
        }
        if (files.Count == 0)
            yield break;
        var origin = await _places.OfAcquisitionAsync(acquisition, walk.Scope).ConfigureAwait(false);
        foreach (var file in files)
        {
            var item = new FlywheelItem(file, origin with { FileName = file.Label, FlywheelPath = $"{origin.FlywheelPath}/files/{file.Label}" });
            yield return file is { Name: "", FileId: null or "" }
                ? item with { Problem = new(DicomProblem.NotDownloaded, $"An entry of acquisition {acquisition.Id} has neither name nor id, so that it cannot be fetched.") }
                : item;
        }
    }

    private void Announce(Walk walk, FlywheelContainer acquisition)
    {
        if (_progress is null)
            return;
        foreach (var file in walk.Selection.Choose(Present(acquisition)).Where(f => f is not { Name: "", FileId: null or "" }))
        {
            _progress.AnnounceFile(file.Size ?? 0);
            FlywheelSource.Announce(_progress, file);
        }
    }

    private static List<FlywheelFile> Present(FlywheelContainer acquisition)
        => (acquisition.Files ?? []).Where(f => f is not null && string.IsNullOrEmpty(f.Deleted)).ToList();

    /// <summary>The acquisition with its files: some servers list acquisitions without them.</summary>
    private async Task<(FlywheelContainer Acquisition, FlywheelException? Failure)> WholeAsync(FlywheelContainer listed)
    {
        try
        {
            return (await _health.AskAsync(_client, c => c.GetContainerAsync(FlywheelContainerKind.Acquisition, listed.Id, _cancellation)).ConfigureAwait(false), null);
        }
        catch (FlywheelException e)
        {
            return (listed, e);
        }
    }

    /// <summary>The listed containers, and at the end the failure if the list is incomplete.</summary>
    private async IAsyncEnumerable<(FlywheelContainer? Found, FlywheelException? Failure)> ChildrenAsync(
        FlywheelContainerKind kind, FlywheelContainerKind parent, string parentId)
    {
        IAsyncEnumerator<FlywheelContainer>? listing = null;
        try
        {
            while (true)
            {
                FlywheelException? failure = null;
                try
                {
                    // The state of the instance matters only for the first page: its entries are here, whatever happens later.
                    var isNext = listing is not null
                        ? await listing.MoveNextAsync().ConfigureAwait(false)
                        : await _health.AskAsync(_client, async c =>
                        {
                            listing = c.ListAsync(kind, (parent, parentId), null, _cancellation).GetAsyncEnumerator(_cancellation);
                            return await listing.MoveNextAsync().ConfigureAwait(false);
                        }).ConfigureAwait(false);
                    if (!isNext)
                        yield break;
                }
                catch (FlywheelException e)
                {
                    failure = e;
                }
                yield return failure is null ? (listing!.Current, null) : (null, failure);
                if (failure is not null)
                    yield break;
            }
        }
        finally
        {
            if (listing is not null)
                await listing.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static FlywheelItem Failed(DicomOrigin place, FlywheelContainer container, string what, FlywheelException failure)
        => new(new FlywheelFile { Name = container.Id }, place with { FileName = container.Id })
        {
            Problem = new(DicomProblem.NotListed, $"{what} cannot be listed: {failure.Message}"),
        };

    private sealed record Walk(FlywheelSelection Selection, DicomOriginScope Scope);
}
