using System.IO.Enumeration;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// The names in one folder, sorted. It has names only, since a folder may have hundreds of thousands of files. Links to files count as files.
/// </summary>
internal sealed record FolderListing(List<string> Files, List<string> Folders, List<string> LinkedFolders, Exception? Failure)
{
    private static readonly EnumerationOptions s_everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>What could be listed, and the failure if the listing ended too early.</summary>
    public static FolderListing Of(string folder, CancellationToken cancellation)
    {
        List<string> files = [], folders = [], links = [];
        Exception? failure = null;
        try
        {
            foreach (var (name, isFolder, isLink) in new FileSystemEnumerable<(string, bool, bool)>(folder, Entry, s_everything))
            {
                cancellation.ThrowIfCancellationRequested();
                (isLink ? links : isFolder ? folders : files).Add(name);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failure = e;
        }
        foreach (var names in (List<string>[])[files, folders, links])
            names.Sort(StringComparer.Ordinal);
        return new FolderListing(files, folders, links, failure);
    }

    private static (string, bool, bool) Entry(ref FileSystemEntry entry)
        => (entry.FileName.ToString(), entry.IsDirectory, entry.IsDirectory && entry.Attributes.HasFlag(FileAttributes.ReparsePoint));
}
