using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>Marks instances with a private element, so that what was sent is not ingested again.</summary>
[Cmdlet(VerbsCommon.Add, "FwSendTag")]
[OutputType(typeof(DicomFile))]
public sealed class AddFwSendTagCommand : DicomCmdlet
{
    private PrivateValue? _tag;

    /// <summary>The instance to mark.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [SentFileTransformation]
    [DicomFileTransformation]
    public DicomFile InputObject { get; set; } = null!;

    /// <summary>The private group: odd and above 0x0008.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PrivateGroupCompleter))]
    public int Group { get; set; } = 0x0021;

    /// <summary>The private creator.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Identifier { get; set; } = "Flywheel";

    /// <summary>The value: at most 64 characters (LO).</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Value { get; set; } = "DICOM send";

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            _tag = new PrivateValue(Group, Identifier, Value);
        }
        catch (ArgumentException e)
        {
            ThrowTerminatingError(DicomErrors.Record(e, "InvalidSendTag", null));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Stoppable(() =>
    {
        foreach (var file in Inputs(InputObject))
            Tag(file);
    });

    private void Tag(DicomFile file)
    {
        var wasUsable = file.ProblemDetail is null;
        try
        {
            file.AddPrivateValue(_tag!);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            file = GuardedReading.ProblemOf(file.Name, file.Origin, e);
        }
        if (wasUsable && file.ProblemDetail is not null)
            WriteError(DicomErrors.For(file));
        WriteObject(file);
    }
}
