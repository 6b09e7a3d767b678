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
        var reader = new PathReader(SessionState.Path, source, Depth);
        var form = ParameterSetName != PathSet ? PathForm.Literal : MyInvocation.ExpectingInput ? PathForm.Piped : PathForm.Typed;
        Produce(() =>
        {
            var paths = ParameterSetName == PathSet ? Path : LiteralPath;
            _progress.Counts.AnnounceUnsized(paths.Length);
            foreach (var path in paths)
            {
                _progress.Counts.SettleUnsized(1);
                foreach (var file in reader.Read(path, form))
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

    private void Emit(DicomFile file)
    {
        if (file.ProblemDetail is not null)
            WriteError(DicomErrors.For(file));
        _progress!.Find(file);
        WriteObject(file);
    }
}
