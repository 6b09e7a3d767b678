using System.Globalization;

namespace FlywheelDicom.Flywheel;

internal sealed partial class FlywheelClient
{
    private const int MaxNamed = 10;

    /// <summary>Finds the container that a path names.</summary>
    /// <param name="path">Where it is; a file name in it is not looked at.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="FlywheelException">It is not there, may not be seen, or a label in the path stands for more than one.</exception>
    public async Task<FlywheelContainer> ResolveAsync(FlywheelPath path, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(path);
        ResolveAnswer answer;
        try
        {
            answer = await AskAsync(Post("resolve", new PathRequest(path.Containers), FlywheelJson.Default.PathRequest) with { IsRepeatable = true },
                FlywheelJson.Default.ResolveAnswer, cancellation).ConfigureAwait(false);
        }
        catch (FlywheelException e) when (e.Error == FlywheelError.NotFound)
        {
            throw new FlywheelException(FlywheelError.NotFound, $"Nothing at '{path}' on {_key}, or the key's user may not see it.", e) { StatusCode = e.StatusCode };
        }
        if (answer.Path is not { Count: > 0 } nodes || nodes.Count < path.Containers.Count)
            throw new FlywheelException(FlywheelError.NotFound, $"Nothing at '{path}' on {_key}, or the key's user may not see it.");
        for (var level = 1; level < path.Containers.Count; level++)
        {
            if (!path.Containers[level].StartsWith("<id:", StringComparison.Ordinal))
                await RefuseNamesakesAsync(path, level, nodes[level - 1].Id, cancellation).ConfigureAwait(false);
        }
        var kind = nodes[path.Containers.Count - 1].Kind ?? (FlywheelContainerKind)(path.Containers.Count - 1);
        // Nodes of a path come without files.
        var container = await GetContainerAsync(kind, nodes[path.Containers.Count - 1].Id, cancellation).ConfigureAwait(false);
        return container with { ContainerType = kind.Word() };
    }

    /// <summary>The server would silently take the oldest of several with one label. The user must choose instead.</summary>
    private async Task RefuseNamesakesAsync(FlywheelPath path, int level, string parentId, CancellationToken cancellation)
    {
        var kind = (FlywheelContainerKind)level;
        var label = path.Containers[level];
        var found = new List<FlywheelContainer>();
        await foreach (var sibling in ListAsync(kind, (kind - 1, parentId), $"label={FilterValue(label)}", cancellation).ConfigureAwait(false))
        {
            if (sibling.Name == label && string.IsNullOrEmpty(sibling.Deleted))
                found.Add(sibling);
        }
        if (found.Count < 2)
            return;
        var parent = string.Join('/', path.Containers.Take(level));
        var choices = found.OrderBy(c => c.Timestamp ?? c.Created).ThenBy(c => c.Id, StringComparer.Ordinal).Take(MaxNamed).Select(Described);
        var more = found.Count > MaxNamed ? $", and {found.Count - MaxNamed} more" : "";
        throw new FlywheelException(FlywheelError.Ambiguous,
            $"{found.Count} {kind.Plural()} of '{parent}' are called '{label}': {string.Join(", ", choices)}{more}. Name one by its id: '{parent}/<id:...>'.");
    }

    private static string Described(FlywheelContainer container)
    {
        var time = container.Timestamp ?? container.Created;
        return string.Create(CultureInfo.InvariantCulture, $"<id:{container.Id}>{(time is { } t ? " of " : " of unknown date")}{time:yyyy-MM-dd HH:mm}");
    }
}
