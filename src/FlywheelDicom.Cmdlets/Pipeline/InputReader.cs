using System.Management.Automation;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Cmdlets;

/// <summary>Opens what a stage was given in place of instances, as Get-DicomFile would.</summary>
internal sealed class InputReader(PathIntrinsics paths, Action<string> verbose, Action<string> warn, CancellationToken cancellation)
{
    private readonly SpoolSpace _space = new();

    /// <summary>The instances, one after the other.</summary>
    public IEnumerable<DicomFile> Read(PendingInput input) => input.Given switch
    {
        string path => new PathReader(paths, new LocalSource(verbose, _space, cancellation, warn), SearchOption.TopDirectoryOnly).Read(path, input.Form),
        DicomFile[] many => many.SelectMany(f => PendingInput.Of(f) is { } pending ? Read(pending) : [f]),
        _ => [SavedObject.Read(input.Given, _space)],
    };

    /// <summary>Ctrl+C: what was unpacked is not unpacked again.</summary>
    public void Stop() => _space.Stop();
}
