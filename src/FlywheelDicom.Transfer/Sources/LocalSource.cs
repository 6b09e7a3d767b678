using FlywheelDicom.IO;
using FlywheelDicom.Transfer.Progress;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// Finds the DICOM instances in files, folders and archives, one after the other. A path that cannot be read, or has no DICOM, gives
/// one <see cref="DicomFile"/> with a problem. Files in a folder that are not DICOM are left out.
/// </summary>
internal sealed class LocalSource
{
    private readonly ContentReader _content;
    private readonly Action<string> _leftOut;
    private readonly CancellationToken _cancellation;
    private readonly ReadProgress? _progress;

    /// <param name="leftOut">Gets a message about each file that is left out.</param>
    /// <param name="space">Where archives are unpacked that cannot be read in place.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <param name="warn">Gets messages that the user should see although nothing failed; null: <paramref name="leftOut"/> gets them.</param>
    /// <param name="progress">Is told what is about to be read; null: nobody asks.</param>
    public LocalSource(Action<string> leftOut, SpoolSpace space, CancellationToken cancellation, Action<string>? warn = null, ReadProgress? progress = null)
    {
        _content = new ContentReader(new SourceNotes(leftOut, warn ?? leftOut) { Progress = progress }, space, cancellation);
        (_leftOut, _cancellation, _progress) = (leftOut, cancellation, progress);
    }

    /// <summary>Everything at a path: a file, an archive, or a folder.</summary>
    public IEnumerable<DicomFile> Read(string path, SearchOption depth)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Directory.Exists(path) ? ReadFolder(path, depth) : Read(path, new DicomOrigin { FileName = LeafOf(path), LocalPath = path, GivenPath = path });
    }

    /// <summary>A file or an archive with a known origin. If it is not DICOM, that is a problem.</summary>
    public IEnumerable<DicomFile> Read(string path, DicomOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(origin);
        var name = origin.LocalPath ?? origin.FileName;
        // A link without a target exists too. Opening it reports what is missing.
        if (!File.Exists(path))
            return [DicomFile.Unusable(name, origin, PathProblem.OfMissing(path))];
        if (SpecialFile.KindOf(path) is { } kind)
            return [DicomFile.Unusable(name, origin, PathProblem.OfSpecial(kind))];
        return _content.Read(new FileDicomSource(path), name, origin, Selection.Named);
    }

    /// <summary>The instances in all matches of a wildcard; a problem only if there are none.</summary>
    /// <param name="pattern">As it was given.</param>
    /// <param name="root">The folder that the pattern begins in. Names are relative to it.</param>
    /// <param name="matches">Files and folders.</param>
    /// <param name="depth">Whether subfolders are read too.</param>
    public IEnumerable<DicomFile> ReadMatches(string pattern, string root, IReadOnlyList<string> matches, SearchOption depth)
    {
        var walk = new FolderWalk(_leftOut, _cancellation, _progress);
        var any = false;
        _progress?.AnnounceUnsized(matches.Count);
        foreach (var match in matches)
        {
            _progress?.SettleUnsized(1);
            foreach (var file in Directory.Exists(match) ? ReadFound(walk.Run(match, depth), root) : ReadFound([new FoundPath(match, null)], root))
            {
                any = true;
                yield return file;
            }
        }
        if (!any)
        {
            var origin = new DicomOrigin { FileName = LeafOf(pattern), LocalPath = pattern, GivenPath = root };
            yield return DicomFile.Unusable(pattern, origin, new(DicomProblem.NotDicom, matches.Count == 0 ? "Nothing matches it." : "Nothing that it matches is DICOM."));
        }
    }

    /// <summary>One file or archive from any source. If it is not DICOM, that is a problem.</summary>
    public IEnumerable<DicomFile> Read(DicomSource source, DicomOrigin origin) => _content.Read(source, origin.FileName, origin, Selection.Named);

    private IEnumerable<DicomFile> ReadFolder(string folder, SearchOption depth)
    {
        var any = false;
        foreach (var file in ReadFound(new FolderWalk(_leftOut, _cancellation, _progress).Run(folder, depth), folder))
        {
            any = true;
            yield return file;
        }
        if (!any)
        {
            var hint = depth == SearchOption.AllDirectories ? "" : " Use -Recurse to look into its subfolders.";
            yield return DicomFile.Unusable(folder, OriginOf(folder, folder), new(DicomProblem.NotDicom, $"The folder holds no DICOM.{hint}"));
        }
    }

    private IEnumerable<DicomFile> ReadFound(IEnumerable<FoundPath> found, string root)
    {
        foreach (var (path, failure) in found)
        {
            _cancellation.ThrowIfCancellationRequested();
            var origin = OriginOf(path, root);
            if (failure is not null)
                yield return SourceProblem.Unreadable(path, origin, failure);
            else if (SpecialFile.KindOf(path) is { } kind)
                _leftOut($"'{path}' is {kind}; it is not opened.");
            else
            {
                foreach (var file in _content.Read(new FileDicomSource(path), path, origin, Selection.Found))
                    yield return file;
            }
        }
    }

    private static DicomOrigin OriginOf(string path, string root) => new() { FileName = NameBelow(root, path), LocalPath = path, GivenPath = root };

    private static string NameBelow(string root, string path)
    {
        var folder = Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar;
        var isBelow = path.Length > folder.Length && path.StartsWith(folder, StringComparison.Ordinal);
        return isBelow ? path[folder.Length..].Replace(Path.DirectorySeparatorChar, '/') : LeafOf(path);
    }

    private static string LeafOf(string path)
        => Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) is { Length: > 0 } leaf ? leaf : path;
}
