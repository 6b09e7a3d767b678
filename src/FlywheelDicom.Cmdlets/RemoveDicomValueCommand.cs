using System.Management.Automation;
using FlywheelDicom.IO;

namespace FlywheelDicom.Cmdlets;

/// <summary>Takes elements out of instances, while their bytes stream by.</summary>
[Cmdlet(VerbsCommon.Remove, "DicomValue")]
[OutputType(typeof(DicomFile))]
public sealed class RemoveDicomValueCommand : EditCmdlet
{
    private ElementRemoval? _removal;

    /// <summary>Keywords, tags or paths.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KeywordCompleter))]
    public string[] Tag { get; set; } = [];

    /// <summary>All elements of odd groups.</summary>
    [Parameter]
    public SwitchParameter Private { get; set; }

    /// <summary>All elements of these groups.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PrivateGroupCompleter))]
    public int[] Group { get; set; } = [];

    /// <summary>From the items of all sequences too.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        var scope = (Private ? RemovalScope.Private : RemovalScope.Named) | (Recurse ? RemovalScope.AllLevels : RemovalScope.Named);
        _removal = Checked(() => Tag.Length + Group.Length == 0 && !Private
            ? throw new FormatException("There is nothing to remove: give -Tag, -Group or -Private.")
            : new ElementRemoval(Array.ConvertAll(Tag, ElementPath.Parse), Group, scope), "InvalidDicomTag", Tag);
    }

    private protected override void Edit(DicomFile file) => file.Remove(_removal!);
}
