using System.Runtime.CompilerServices;
using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Transfer.Flywheel;

/// <summary>
/// Finds containers by a path with wildcards, or below another container. Each is given out as it is listed, page by page, so that
/// who wants only some does not pay for all.
/// </summary>
internal sealed class FlywheelFinder(FlywheelClient client, FlywheelPlaces places, Action<string> verbose)
{
    private const int MaxNamed = 10;

    /// <summary>So many names are looked at for what is near to a mistyped one.</summary>
    private const int MaxSeen = 5000;

    /// <summary>The containers at a path; where the path is shorter, all that are below.</summary>
    /// <param name="path">Any segment may have wildcards. A label that is exactly the segment goes first.</param>
    /// <param name="kind">What is wanted.</param>
    /// <param name="filter">Conditions in Flywheel's own language, for what is listed of that kind.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="ArgumentException">The path is longer than one of such a container.</exception>
    /// <exception cref="FlywheelException">A segment without wildcards names nothing, or more than one; or the list breaks off.</exception>
    public async IAsyncEnumerable<FlywheelContainer> AtAsync(FlywheelPath path, FlywheelContainerKind kind, string? filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(path);
        var segments = path.Containers;
        if (segments.Count - 1 > (int)kind)
        {
            throw new ArgumentException($"'{path}' has {segments.Count} parts: that is the path of {Article((FlywheelContainerKind)(segments.Count - 1))}, and not of {Article(kind)}.");
        }
        if (!segments.Any(LabelPattern.IsPattern))
        {
            var container = await ResolveAsync(path, cancellation).ConfigureAwait(false);
            await foreach (var found in AtOrBelowAsync(container.Kind!.Value, container, kind, filter, cancellation).ConfigureAwait(false))
                yield return found;
            yield break;
        }
        var walk = new Walk(segments, kind, filter);
        await foreach (var found in WalkAsync(walk, 0, null, cancellation).ConfigureAwait(false))
            yield return found;
        if (walk.Reached == segments.Count)
            yield break;
        // As with files: a wildcard may match nothing, a name may not.
        var message = Nothing(path, walk.Reached, [.. walk.Seen]);
        if (!LabelPattern.IsPattern(segments[walk.Reached]))
            throw new FlywheelException(FlywheelError.NotFound, message);
        verbose(message);
    }

    /// <summary>All of a kind below a container.</summary>
    /// <exception cref="FlywheelException">It is not there, or the list breaks off.</exception>
    public async IAsyncEnumerable<FlywheelContainer> BelowAsync(
        FlywheelContainerKind parent, string parentId, FlywheelContainerKind kind, string? filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var next = Step(parent, kind);
        await foreach (var found in ListAsync(next, (parent, parentId), next == kind ? filter : null, cancellation).ConfigureAwait(false))
        {
            if (next == kind)
            {
                yield return found;
                continue;
            }
            places.Remember(next, found with { Files = null });
            await foreach (var below in BelowAsync(next, found.Id, kind, filter, cancellation).ConfigureAwait(false))
                yield return below;
        }
    }

    /// <summary>All of a kind that the key may see, or that are children of a container.</summary>
    public async IAsyncEnumerable<FlywheelContainer> ListAsync(
        FlywheelContainerKind kind, (FlywheelContainerKind, string)? parent, string? filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var found in client.ListAsync(kind, parent, filter, cancellation).ConfigureAwait(false))
        {
            if (string.IsNullOrEmpty(found.Deleted))
                yield return found;
        }
    }

    /// <summary>The one container at a path without wildcards.</summary>
    /// <exception cref="FlywheelException">It is not there: the message says which segment names nothing, and what there is.</exception>
    public async Task<FlywheelContainer> ResolveAsync(FlywheelPath path, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            return await client.ResolveAsync(path, cancellation).ConfigureAwait(false);
        }
        catch (FlywheelException e) when (e.Error == FlywheelError.NotFound)
        {
            if (await ExplainAsync(path, cancellation).ConfigureAwait(false) is not { } message)
                throw;
            throw new FlywheelException(FlywheelError.NotFound, message, e) { StatusCode = e.StatusCode };
        }
    }

    private async IAsyncEnumerable<FlywheelContainer> AtOrBelowAsync(
        FlywheelContainerKind kind, FlywheelContainer container, FlywheelContainerKind wanted, string? filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (kind == wanted)
        {
            yield return container;
            yield break;
        }
        places.Remember(kind, container with { Files = null });
        await foreach (var found in BelowAsync(kind, container.Id, wanted, filter, cancellation).ConfigureAwait(false))
            yield return found;
    }

    private async IAsyncEnumerable<FlywheelContainer> WalkAsync(Walk walk, int level, FlywheelContainer? parent, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var kind = (FlywheelContainerKind)level;
        var isLast = level == walk.Segments.Count - 1;
        await foreach (var match in MatchesAsync(walk, level, parent, cancellation).ConfigureAwait(false))
        {
            walk.Reach(level + 1);
            places.Remember(kind, match with { Files = null });
            var below = isLast ? AtOrBelowAsync(kind, match, walk.Kind, walk.Filter, cancellation) : WalkAsync(walk, level + 1, match, cancellation);
            await foreach (var found in below.ConfigureAwait(false))
                yield return found;
        }
    }

    private async IAsyncEnumerable<FlywheelContainer> MatchesAsync(Walk walk, int level, FlywheelContainer? parent, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var kind = (FlywheelContainerKind)level;
        var segment = walk.Segments[level];
        (FlywheelContainerKind, string)? place = parent is null ? null : (kind - 1, parent.Id);
        var isPattern = LabelPattern.IsPattern(segment);
        if (!isPattern || segment != "*")
        {
            var exact = await ExactAsync(kind, place, segment, cancellation).ConfigureAwait(false);
            if (exact.Count > 1)
                throw Ambiguous(kind, segment, exact);
            if (exact.Count == 1)
            {
                yield return exact[0];
                yield break;
            }
        }
        var pattern = isPattern ? new LabelPattern(segment) : null;
        var filter = isPattern && kind == walk.Kind && level == walk.Segments.Count - 1 ? walk.Filter : null;
        await foreach (var found in ListAsync(kind, place, filter, cancellation).ConfigureAwait(false))
        {
            walk.See(level, NameOf(kind, found));
            if (pattern?.Matches(found.Name) == true || (kind == FlywheelContainerKind.Group && pattern?.Matches(found.Id) == true))
                yield return found;
            // A name that is not there needs no more than some names beside it.
            else if (pattern is null && walk.Seen.Count >= MaxSeen)
                yield break;
        }
    }

    /// <summary>Those whose label is exactly this; of groups that whose id it is.</summary>
    private async Task<List<FlywheelContainer>> ExactAsync(FlywheelContainerKind kind, (FlywheelContainerKind, string)? parent, string segment, CancellationToken cancellation)
    {
        var id = FlywheelPath.IdIn(segment);
        if (kind == FlywheelContainerKind.Group || id is not null)
        {
            if (LabelPattern.IsPattern(segment))
                return [];
            try
            {
                return [await client.GetContainerAsync(kind, id ?? segment, cancellation).ConfigureAwait(false)];
            }
            catch (FlywheelException e) when (e.Error is FlywheelError.NotFound or FlywheelError.Refused)
            {
                return [];
            }
        }
        var exact = new List<FlywheelContainer>();
        await foreach (var found in ListAsync(kind, parent, $"label={FlywheelClient.FilterValue(segment)}", cancellation).ConfigureAwait(false))
        {
            if (found.Name == segment)
                exact.Add(found);
        }
        return exact;
    }

    /// <summary>Which segment names nothing, and what there is; null where that cannot be found out.</summary>
    private async Task<string?> ExplainAsync(FlywheelPath path, CancellationToken cancellation)
    {
        FlywheelContainer? parent = null;
        for (var level = 0; level < path.Containers.Count; level++)
        {
            var kind = (FlywheelContainerKind)level;
            (FlywheelContainerKind, string)? place = parent is null ? null : (kind - 1, parent.Id);
            try
            {
                var exact = await ExactAsync(kind, place, path.Containers[level], cancellation).ConfigureAwait(false);
                if (exact.Count > 0)
                {
                    parent = exact[0];
                    continue;
                }
                var names = new HashSet<string>(StringComparer.Ordinal);
                await foreach (var found in ListAsync(kind, place, null, cancellation).ConfigureAwait(false))
                {
                    if (names.Count >= MaxSeen)
                        break;
                    names.Add(NameOf(kind, found));
                }
                return Nothing(path, level, names);
            }
            catch (FlywheelException)
            {
                return null;
            }
        }
        return null;
    }

    private string Nothing(FlywheelPath path, int level, HashSet<string> names)
    {
        var kind = (FlywheelContainerKind)level;
        var segment = path.Containers[level];
        var where = level == 0 ? $"{client}" : $"'{string.Join('/', path.Containers.Take(level))}' on {client}";
        var what = $"{where} has no {kind.Word()} {(LabelPattern.IsPattern(segment) ? "like " : "")}'{segment}'";
        if (names.Count == 0)
            return $"{what}, nor any other that the key's user may see.";
        var nearest = NearestNames.Of(segment, names, MaxNamed);
        var more = names.Count > nearest.Count ? $", and {names.Count - nearest.Count}{(names.Count >= MaxSeen ? " or more" : "")} others" : "";
        return $"{what}. There {(names.Count == 1 ? "is" : "are")} {string.Join(", ", nearest.Select(n => $"'{n}'"))}{more}.";
    }

    private static FlywheelException Ambiguous(FlywheelContainerKind kind, string label, List<FlywheelContainer> found)
        => new(FlywheelError.Ambiguous, $"{found.Count} {kind.Plural()} are called '{label}': {string.Join(", ", found.Take(MaxNamed).Select(f => $"<id:{f.Id}>"))}. Name one by its id.");

    private static string NameOf(FlywheelContainerKind kind, FlywheelContainer container)
        => kind == FlywheelContainerKind.Group ? container.Id : FlywheelPath.SegmentOf(container.Label ?? container.Code, container.Id);

    private static string Article(FlywheelContainerKind kind) => kind == FlywheelContainerKind.Acquisition ? "an acquisition" : $"a {kind.Word()}";

    /// <summary>What is listed next on the way down. Sessions are listed of a project too, without its subjects.</summary>
    private static FlywheelContainerKind Step(FlywheelContainerKind parent, FlywheelContainerKind kind) => parent switch
    {
        FlywheelContainerKind.Group => FlywheelContainerKind.Project,
        FlywheelContainerKind.Project when kind == FlywheelContainerKind.Subject => kind,
        FlywheelContainerKind.Project or FlywheelContainerKind.Subject => FlywheelContainerKind.Session,
        _ => FlywheelContainerKind.Acquisition,
    };

    /// <summary>How far a search with wildcards came, and what stood there.</summary>
    private sealed class Walk(IReadOnlyList<string> segments, FlywheelContainerKind kind, string? filter)
    {
        public IReadOnlyList<string> Segments { get; } = segments;
        public FlywheelContainerKind Kind { get; } = kind;
        public string? Filter { get; } = filter;

        /// <summary>So many segments named something somewhere.</summary>
        public int Reached { get; private set; }

        /// <summary>Names at the first segment that named nothing so far.</summary>
        public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);

        public void Reach(int count)
        {
            if (count <= Reached)
                return;
            Reached = count;
            Seen.Clear();
        }

        public void See(int level, string name)
        {
            if (level == Reached && Seen.Count < MaxSeen)
                Seen.Add(name);
        }
    }
}
