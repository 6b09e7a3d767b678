using System.Collections.ObjectModel;
using System.Management.Automation;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Cmdlets;

/// <summary>Streams the DICOM instances of files, folders and archives.</summary>
[Cmdlet(VerbsCommon.Get, "DicomFile", DefaultParameterSetName = PathSet)]
[OutputType(typeof(DicomFile))]
public sealed class GetDicomFileCommand : DicomCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralSet = "LiteralPath";

    private SpoolSpace? _space;
    private ReadingProgress? _progress;

    /// <summary>Files, folders and archives; wildcards are resolved.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The same, taken as it is written.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralSet)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Looks into subfolders too.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>How many times its size an archive may expand to.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxExpansion { get; set; } = SpoolSpace.DefaultMaxRatio;

    /// <summary>Bytes that one archive may expand to.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MaxExpandedSize { get; set; } = SpoolSpace.DefaultMaxExpandedSize;

    private SearchOption Depth => Recurse ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _space = new SpoolSpace { MaxRatio = MaxExpansion, MaxExpandedSize = MaxExpandedSize };
        _progress = new ReadingProgress(this, "Reading DICOM headers", "the disk", TimeProvider.System);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var source = new LocalSource(WriteVerbose, _space!, Cancellation, WriteWarning, _progress!.Counts);
        Produce(() =>
        {
            var paths = ParameterSetName == PathSet ? Path : LiteralPath;
            _progress.Counts.AnnounceUnsized(paths.Length);
            foreach (var path in paths)
            {
                _progress.Counts.SettleUnsized(1);
                foreach (var file in GuardedReading.Each(path, new DicomOrigin { FileName = System.IO.Path.GetFileName(path), LocalPath = path }, () => Read(source, path)))
                    Emit(file);
            }
        });
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => _progress!.End();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && IsStopped)
            _space?.Stop();
        base.Dispose(disposing);
    }

    /// <summary>What one path leads to; a path that leads nowhere is one file with a problem, and the rest goes on.</summary>
    private IEnumerable<DicomFile> Read(LocalSource source, string path)
    {
        try
        {
            if (AsItStands(path) is { } whole)
                return source.Read(whole, Depth);
            var isPattern = ParameterSetName == PathSet && WildcardPattern.ContainsWildcardCharacters(path);
            var place = ProviderPath.Resolve(SessionState.Path, isPattern ? FolderOf(path) : path);
            if (!place.IsFile)
                return [Unusable(path, DicomProblem.NotFileSystem, $"It is not in the file system but in {place.Provider}.")];
            return isPattern ? source.ReadMatches(path, place.FullPath, Matches(path), Depth) : source.Read(place.FullPath, Depth);
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
    private string? AsItStands(string path)
    {
        if (ParameterSetName == PathSet && !MyInvocation.ExpectingInput && WildcardPattern.ContainsWildcardCharacters(path) && path.IndexOfAny(['*', '?']) >= 0)
            return null;
        // A name whose wildcard characters are escaped is a name too.
        string[] ways = ParameterSetName == PathSet ? [path, WildcardPattern.Unescape(path)] : [path];
        foreach (var way in ways)
        {
            var place = ProviderPath.Resolve(SessionState.Path, way);
            if (place.IsFile && System.IO.Path.Exists(place.FullPath))
                return place.FullPath;
        }
        return null;
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
            return SessionState.Path.GetResolvedProviderPathFromPSPath(pattern, out _);
        }
        catch (ItemNotFoundException)
        {
            return [];
        }
    }

    private static DicomFile Unusable(string path, string id, string message)
        => DicomFile.Unusable(path, new DicomOrigin { FileName = path, GivenPath = path }, new(id, message));

    private void Emit(DicomFile file)
    {
        if (file.ProblemDetail is not null)
            WriteError(DicomErrors.For(file));
        _progress!.Find(file);
        WriteObject(file);
    }
}
