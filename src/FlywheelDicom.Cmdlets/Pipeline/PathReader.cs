using System.Collections.ObjectModel;
using System.Management.Automation;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Cmdlets;

/// <summary>What paths lead to, as PowerShell reads them: files, folders, archives, and matches of wildcards.</summary>
internal sealed class PathReader(PathIntrinsics paths, LocalSource source, SearchOption depth)
{
    /// <summary>How a text is called that cannot be a path. It is not quoted: it may hold a patient's values.</summary>
    public string NameOfNoPath { get; init; } = ForeignInput.NoPath;

    /// <summary>The instances at a path. One that leads nowhere is one file with a problem. Only the end of the pipeline passes.</summary>
    public IEnumerable<DicomFile> Read(string path, PathForm form)
        => ForeignInput.IsNoPath(path) && !IsThere(path, form) ? [Unusable(NameOfNoPath, "InputNotDicomFile", "It has lines, or braces with quotes, or more than 1,024 characters, and no file has such a name.")]
        : GuardedReading.Each(path, new DicomOrigin { FileName = Path.GetFileName(path), LocalPath = path }, () => Find(path, form));

    private IEnumerable<DicomFile> Find(string path, PathForm form)
    {
        try
        {
            if (AsItStands(path, form) is { } whole)
                return source.Read(whole, depth);
            var isPattern = form != PathForm.Literal && WildcardPattern.ContainsWildcardCharacters(path);
            var place = ProviderPath.Resolve(paths, isPattern ? FolderOf(path) : path);
            if (!place.IsFile)
                return [Unusable(path, DicomProblem.NotFileSystem, $"It is not in the file system but in {place.Provider}.")];
            return isPattern ? source.ReadMatches(path, place.FullPath, Matches(path), depth) : source.Read(place.FullPath, depth);
        }
        catch (Exception e) when (e is RuntimeException and not PipelineStoppedException or ArgumentException or NotSupportedException)
        {
            return [Unusable(path, DicomProblem.NotFound, $"It does not exist: {e.Message}")];
        }
    }

    /// <summary>
    /// The path if a file or folder has just this name: names may hold the brackets of a wildcard. One that is typed with a star
    /// or a question mark is meant as a wildcard all the same; as such it takes that file too.
    /// </summary>
    private string? AsItStands(string path, PathForm form)
    {
        if (form == PathForm.Typed && WildcardPattern.ContainsWildcardCharacters(path) && path.IndexOfAny(['*', '?']) >= 0)
            return null;
        // A name whose wildcard characters are escaped is a name too.
        string[] ways = form == PathForm.Literal ? [path] : [path, WildcardPattern.Unescape(path)];
        foreach (var way in ways)
        {
            var place = ProviderPath.Resolve(paths, way);
            if (place.IsFile && Path.Exists(place.FullPath))
                return place.FullPath;
        }
        return null;
    }

    private bool IsThere(string path, PathForm form)
    {
        try
        {
            return AsItStands(path, form) is not null;
        }
        catch (Exception e) when (e is RuntimeException and not PipelineStoppedException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>The folder that a pattern begins in.</summary>
    private static string FolderOf(string pattern)
    {
        var first = Enumerable.Range(0, pattern.Length).FirstOrDefault(i => pattern[i] is '*' or '?' or '[' && (i == 0 || pattern[i - 1] != '`'));
        var folder = pattern[..(pattern.LastIndexOfAny(['/', '\\', ':'], first) + 1)];
        return folder.Length > 0 ? WildcardPattern.Unescape(folder) : ".";
    }

    private Collection<string> Matches(string pattern)
    {
        try
        {
            return paths.GetResolvedProviderPathFromPSPath(pattern, out _);
        }
        catch (ItemNotFoundException)
        {
            return [];
        }
    }

    private static DicomFile Unusable(string path, string id, string message)
        => DicomFile.Unusable(path, new DicomOrigin { FileName = path, GivenPath = path }, new(id, message));
}
