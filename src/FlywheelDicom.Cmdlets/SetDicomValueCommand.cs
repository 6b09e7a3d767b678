using System.Collections;
using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>Gives elements of instances other values, while their bytes stream by.</summary>
[Cmdlet(VerbsCommon.Set, "DicomValue")]
[OutputType(typeof(DicomFile))]
public sealed class SetDicomValueCommand : EditCmdlet
{
    private ValueTable? _values;

    /// <summary>Keyword, tag or path, and the value, or a script block that gives it.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNull]
    public IDictionary Value { get; set; } = null!;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _values = Checked(() => new ValueTable(Value), "InvalidDicomValue", Value);
    }

    private protected override void Edit(DicomFile file) => file.SetValues(_values!.For(file));
}
