namespace FlywheelDicom.Flywheel;

public sealed partial class FlywheelClient
{
    /// <summary>Finds the container that a path names.</summary>
    /// <param name="path">Where it is; a file name in it is not looked at.</param>
    /// <param name="ambiguous">Told where a label stands for more than one container; the oldest is taken.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="FlywheelException">It is not there, or may not be seen.</exception>
    public async Task<FlywheelContainer> ResolveAsync(FlywheelPath path, Action<string> ambiguous, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(ambiguous);
        ResolveAnswer answer;
        try
        {
            answer = await AskAsync(Post("resolve", new PathRequest(path.Containers), FlywheelJson.Default.PathRequest, isRepeatable: true),
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
                await WarnOfSiblingsAsync(nodes[level - 1], (FlywheelContainerKind)(level - 1), path.Containers[level], ambiguous, cancellation).ConfigureAwait(false);
        }
        var kind = nodes[path.Containers.Count - 1].Kind ?? (FlywheelContainerKind)(path.Containers.Count - 1);
        // Nodes of a path come without files.
        var container = await GetContainerAsync(kind, nodes[path.Containers.Count - 1].Id, cancellation).ConfigureAwait(false);
        return container with { ContainerType = kind.Word() };
    }

    private async Task WarnOfSiblingsAsync(
        FlywheelContainer parent, FlywheelContainerKind kind, string label, Action<string> ambiguous, CancellationToken cancellation)
    {
        var child = kind + 1;
        var count = 0;
        await foreach (var sibling in ListAsync(child, (kind, parent.Id), $"label={FilterValue(label)}", cancellation).ConfigureAwait(false))
            count += sibling.Name == label ? 1 : 0;
        if (count > 1)
            ambiguous($"{count} {child.Plural()} there are called '{label}'; the oldest is taken. Name one by <id:...>.");
    }
}
