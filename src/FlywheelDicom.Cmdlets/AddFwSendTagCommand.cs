using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>Marks instances with a private element, so that what was sent is not ingested again.</summary>
[Cmdlet(VerbsCommon.Add, "FwSendTag")]
[OutputType(typeof(DicomFile))]
public sealed class AddFwSendTagCommand : DicomCmdlet
{
    private PrivateValue? _tag;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public DicomFile InputObject { get; set; } = null!;

    /// <summary>The private group: odd and above 0x0008.</summary>
    [Parameter]
    public int Group { get; set; } = 0x0021;

    /// <summary>The private creator.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Identifier { get; set; } = "Flywheel";

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Value { get; set; } = "DICOM send";

    protected override void BeginProcessing()
    {
        try
        {
            _tag = new PrivateValue(Group, Identifier, Value);
        }
        catch (ArgumentException e)
        {
            var error = new ArgumentException(e.Message.Split(" (Parameter")[0]);
            ThrowTerminatingError(new ErrorRecord(error, "InvalidSendTag", ErrorCategory.InvalidArgument, null));
        }
    }

    protected override void ProcessRecord()
    {
        var wasUsable = InputObject.ProblemDetail is null;
        InputObject.AddPrivateValue(_tag!);
        if (wasUsable && InputObject.ProblemDetail is not null)
            WriteError(ErrorFor(InputObject));
        WriteObject(InputObject);
    }
}
