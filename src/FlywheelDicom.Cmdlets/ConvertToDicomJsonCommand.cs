using System.Management.Automation;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FlywheelDicom.Cmdlets;

/// <summary>The header of an instance in the DICOM JSON model.</summary>
[Cmdlet(VerbsData.ConvertTo, "DicomJson")]
[OutputType(typeof(string))]
public sealed class ConvertToDicomJsonCommand : DicomCmdlet
{
    /// <summary>The instances, as Get-DicomFile gives them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [DicomFileTransformation]
    public DicomFile InputObject { get; set; } = null!;

    /// <summary>One line an instance.</summary>
    [Parameter]
    public SwitchParameter Compress { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            // Names in other scripts stay readable.
            var options = new JsonWriterOptions { Indented = !Compress, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
            WriteObject(DicomJson.Serialize(InputObject.Dataset, options));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or InvalidOperationException)
        {
            WriteError(DicomErrors.Record(e, "DicomHeaderUnreadable", InputObject));
        }
    }
}
