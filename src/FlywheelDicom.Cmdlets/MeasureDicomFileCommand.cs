using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>Sums up the pipeline's instances by study and series.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "DicomFile")]
[OutputType(typeof(DicomSeriesSummary), typeof(DicomFile))]
public sealed class MeasureDicomFileCommand : DicomCmdlet
{
    private readonly DicomSeriesTally _tally = new();

    /// <summary>The instances, as Get-DicomFile gives them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [SentFileTransformation]
    [DicomFileTransformation]
    public DicomFile InputObject { get; set; } = null!;

    /// <summary>The instances flow on; the summary goes to the information stream.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Stoppable(() =>
    {
        foreach (var file in Inputs(InputObject))
        {
            _tally.Add(file);
            if (PassThru)
                WriteObject(file);
        }
    });

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var series in _tally.Series)
        {
            if (PassThru)
                WriteInformation(series, ["DicomSeriesSummary"]);
            else
                WriteObject(series);
        }
    }
}
