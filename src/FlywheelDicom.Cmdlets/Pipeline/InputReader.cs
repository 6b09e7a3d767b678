using System.Management.Automation;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Cmdlets;

/// <summary>Opens what a stage was given in place of instances, as Get-DicomFile would.</summary>
internal sealed class InputReader(PathIntrinsics paths, Action<string> verbose, Action<string> warn, CancellationToken cancellation)
{
    private readonly SpoolSpace _space = new();

    private int _number;

    /// <summary>The instances that an input stands for, one after the other; itself, where it is one.</summary>
    public IEnumerable<DicomFile> Read(DicomFile input)
    {
        var pending = PendingInput.Of(input);
        if (pending?.Given is DicomFile[] many)
            return many.SelectMany(Read);
        _number++;
        return pending?.Given switch
        {
            null => [input],
            string path => Paths().Read(path, pending.Form),
            ForeignInput foreign => [foreign.Unusable(_number)],
            var other => [SavedObject.Read(other, _space)],
        };
    }

    /// <summary>Ctrl+C: what was unpacked is not unpacked again.</summary>
    public void Stop() => _space.Stop();

    private PathReader Paths() => new(paths, new LocalSource(verbose, _space, cancellation, warn), SearchOption.TopDirectoryOnly)
    {
        NameOfNoPath = ForeignInput.Name(_number, ForeignInput.NoPath),
    };
}
