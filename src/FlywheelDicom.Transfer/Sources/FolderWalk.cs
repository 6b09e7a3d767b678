using FlywheelDicom.Transfer.Progress;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// Finds the files of a folder and of its subfolders. Links to folders are followed after all other folders, and no folder is read
/// twice. So links in a circle end, and a file gets its name without links where it has one.
/// </summary>
internal sealed class FolderWalk(Action<string> leftOut, CancellationToken cancellation, ReadProgress? progress = null)
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>The files of one folder, then those of each below it.</summary>
    public IEnumerable<FoundPath> Run(string root, SearchOption depth)
    {
        // While subfolders wait, nobody knows how many files come. The files of a folder are announced with their number.
        progress?.EnterListing();
        var isListing = true;
        try
        {
            foreach (var (found, isLast) in Walk(root, depth))
            {
                if (isLast && isListing)
                {
                    isListing = false;
                    progress?.LeaveListing();
                }
                yield return found;
            }
        }
        finally
        {
            if (isListing)
                progress?.LeaveListing();
        }
    }

    /// <summary>Each file, and whether the folder that it is in is the last one.</summary>
    private IEnumerable<(FoundPath Found, bool IsLast)> Walk(string root, SearchOption depth)
    {
        var folders = new Stack<Folder>();
        var links = new Queue<string>();
        links.Enqueue(root);
        while (folders.Count > 0 || links.Count > 0)
        {
            if (!folders.TryPop(out var folder))
            {
                var path = links.Dequeue();
                var (real, broken) = Followed(path);
                if (broken is not null)
                {
                    yield return (new FoundPath(path, broken), false);
                    continue;
                }
                folder = new Folder(path, real);
            }
            if (!_read.Add(folder.Real))
            {
                leftOut($"'{folder.Path}' is left out: it leads to '{folder.Real}', which was read already.");
                continue;
            }
            var listing = FolderListing.Of(folder.Path, cancellation);
            var isLast = folders.Count == 0 && links.Count == 0 && (depth == SearchOption.TopDirectoryOnly || (listing.Folders.Count == 0 && listing.LinkedFolders.Count == 0));
            foreach (var name in Announced(listing.Files))
                yield return (new FoundPath(Path.Combine(folder.Path, name), null), isLast);
            if (listing.Failure is { } failure)
                yield return (new FoundPath(folder.Path, failure), isLast);
            if (depth == SearchOption.TopDirectoryOnly)
                yield break;
            for (var i = listing.Folders.Count - 1; i >= 0; i--)
                folders.Push(new Folder(Path.Combine(folder.Path, listing.Folders[i]), Path.Combine(folder.Real, listing.Folders[i])));
            foreach (var name in listing.LinkedFolders)
                links.Enqueue(Path.Combine(folder.Path, name));
        }
    }

    private IEnumerable<string> Announced(List<string> names)
    {
        var left = names.Count;
        progress?.AnnounceUnsized(left);
        try
        {
            foreach (var name in names)
            {
                left--;
                progress?.SettleUnsized(1);
                yield return name;
            }
        }
        finally
        {
            progress?.SettleUnsized(left);
        }
    }

    private static (string Real, Exception? Failure) Followed(string path)
    {
        try
        {
            return (RealPath.Of(path), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (path, e);
        }
    }

    /// <param name="Path">As the user knows it.</param>
    /// <param name="Real">The same with all links followed.</param>
    private readonly record struct Folder(string Path, string Real);
}
