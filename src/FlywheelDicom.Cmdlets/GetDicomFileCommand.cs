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
    private TransferProgress? _progress;
    private long _found;

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

    protected override void BeginProcessing()
    {
        _space = new SpoolSpace { MaxRatio = MaxExpansion, MaxExpandedSize = MaxExpandedSize };
        _progress = new TransferProgress(this, 1, "Reading DICOM headers");
    }

    protected override void ProcessRecord()
    {
        var source = new LocalSource(WriteVerbose, _space!, Cancellation, WriteWarning);
        Stoppable(() =>
        {
            foreach (var path in ParameterSetName == PathSet ? Path : LiteralPath)
            {
                foreach (var file in Read(source, path))
                    Emit(file);
            }
        });
    }

    protected override void EndProcessing() => _progress!.Complete();

    protected override void Dispose(bool disposing)
    {
        if (disposing && IsStopped)
            _space?.Stop();
        base.Dispose(disposing);
    }

    private IEnumerable<DicomFile> Read(LocalSource source, string path)
    {
        if (ParameterSetName == PathSet && WildcardPattern.ContainsWildcardCharacters(path))
            return source.ReadMatches(path, Matches(path), Recurse);
        var resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
        return IsFileSystem(provider, path) ? source.Read(resolved, Recurse) : [];
    }

    private List<string> Matches(string pattern)
    {
        try
        {
            var matches = SessionState.Path.GetResolvedProviderPathFromPSPath(pattern, out var provider);
            return IsFileSystem(provider, pattern) ? [.. matches] : [];
        }
        catch (ItemNotFoundException)
        {
            return [];
        }
    }

    private bool IsFileSystem(ProviderInfo provider, string path)
    {
        if (provider.Name == "FileSystem")
            return true;
        var error = new ArgumentException($"'{path}' is not in the file system.");
        WriteError(new ErrorRecord(error, "NotFileSystemPath", ErrorCategory.InvalidArgument, path));
        return false;
    }

    private void Emit(DicomFile file)
    {
        if (file.ProblemDetail is not null)
            WriteError(ErrorFor(file));
        _found++;
        _progress!.Show(() => $"{_found} instances found");
        WriteObject(file);
    }
}
