using System.IO.Enumeration;
using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// Finds the DICOM instances in files, folders and archives, one after the other. A place that cannot be read, or has no DICOM,
/// gives one <see cref="DicomFile"/> with a problem; files among others that are simply not DICOM are left out.
/// </summary>
public sealed class LocalSource
{
    private readonly ContentReader _content;
    private readonly CancellationToken _cancellation;

    /// <param name="leftOut">Told why something was passed over.</param>
    /// <param name="space">Where archives are unpacked that cannot be read in place.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <param name="warn">Told what a person should look at, although nothing failed; where it is null, it goes to <paramref name="leftOut"/>.</param>
    public LocalSource(Action<string> leftOut, SpoolSpace space, CancellationToken cancellation, Action<string>? warn = null)
        => (_content, _cancellation) = (new ContentReader(new SourceNotes(leftOut, warn ?? leftOut), space, cancellation), cancellation);

    /// <summary>Everything at a path: a file, an archive, or a folder.</summary>
    public IEnumerable<DicomFile> Read(string path, bool recurse)
    {
        if (Directory.Exists(path))
            return ReadFolder(path, recurse);
        return File.Exists(path) ? ReadFile(path, isGiven: true) : [Missing(path)];
    }

    /// <summary>What a wildcard matched; problems only where it matched no DICOM at all.</summary>
    public IEnumerable<DicomFile> ReadMatches(string pattern, IReadOnlyList<string> matches, bool recurse)
    {
        var any = false;
        foreach (var match in matches)
        {
            foreach (var file in Directory.Exists(match) ? ReadFolderContent(match, recurse) : ReadFile(match, isGiven: false))
            {
                any = true;
                yield return file;
            }
        }
        if (!any)
            yield return Unusable(pattern, pattern, new(DicomProblem.NotDicom, matches.Count == 0 ? "Nothing matches it." : "Nothing that it matches is DICOM."));
    }

    /// <summary>One file or archive, wherever its bytes are. That it is DICOM is expected: it gives a problem if not.</summary>
    public IEnumerable<DicomFile> Read(DicomSource source, DicomOrigin origin) => _content.Read(source, origin.FileName, origin, isGiven: true);

    private IEnumerable<DicomFile> ReadFolder(string folder, bool recurse)
    {
        var any = false;
        foreach (var file in ReadFolderContent(folder, recurse))
        {
            any = true;
            yield return file;
        }
        if (!any)
        {
            var hint = recurse ? "" : " Use -Recurse to look into its subfolders.";
            yield return Unusable(folder, folder, new(DicomProblem.NotDicom, $"The folder holds no DICOM.{hint}"));
        }
    }

    private IEnumerable<DicomFile> ReadFolderContent(string folder, bool recurse)
    {
        string[] files, folders;
        DicomFile? problem = null;
        try
        {
            files = Names(folder, directories: false);
            folders = recurse ? Names(folder, directories: true) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            (files, folders) = ([], []);
            problem = SourceProblem.Unreadable(folder, OriginOf(folder), e);
        }
        if (problem is not null)
            yield return problem;
        foreach (var name in files)
        {
            foreach (var file in ReadFile(Path.Combine(folder, name), isGiven: false))
                yield return file;
        }
        foreach (var name in folders)
        {
            foreach (var file in ReadFolderContent(Path.Combine(folder, name), recurse))
                yield return file;
        }
    }

    /// <summary>Names only, in a stable order: a folder may hold hundreds of thousands. Links to folders are not followed.</summary>
    private static string[] Names(string folder, bool directories)
    {
        var names = new FileSystemEnumerable<string>(folder, (ref FileSystemEntry e) => e.FileName.ToString(), new EnumerationOptions { AttributesToSkip = 0 })
        {
            ShouldIncludePredicate = (ref FileSystemEntry e) => e.IsDirectory == directories && !(directories && e.Attributes.HasFlag(FileAttributes.ReparsePoint)),
        }.ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    private IEnumerable<DicomFile> ReadFile(string path, bool isGiven)
    {
        _cancellation.ThrowIfCancellationRequested();
        var origin = new DicomOrigin { FileName = Path.GetFileName(path), LocalPath = path };
        DicomSource source;
        try
        {
            source = new FileDicomSource(path, new FileInfo(path).Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [SourceProblem.Unreadable(path, origin, e)];
        }
        return _content.Read(source, path, origin, isGiven);
    }

    private static DicomFile Missing(string path) => Unusable(path, path, new(DicomProblem.NotFound, "It does not exist."));

    private static DicomFile Unusable(string name, string path, DicomProblem problem) => DicomFile.Unusable(name, OriginOf(path), problem);

    private static DicomOrigin OriginOf(string path) => new() { FileName = LeafOf(path), LocalPath = path };

    private static string LeafOf(string path)
        => Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) is { Length: > 0 } leaf ? leaf : path;
}
