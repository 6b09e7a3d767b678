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
    [SentFileTransformation]
    [DicomFileTransformation]
    public DicomFile InputObject { get; set; } = null!;

    /// <summary>One line an instance.</summary>
    [Parameter]
    public SwitchParameter Compress { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Stoppable(() =>
    {
        foreach (var file in Found(InputObject))
            Convert(file);
    });

    private void Convert(DicomFile file)
    {
        try
        {
            // Names in other scripts stay readable.
            var options = new JsonWriterOptions { Indented = !Compress, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
            WriteObject(DicomJson.Serialize(file.Dataset, options));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or InvalidOperationException)
        {
            WriteError(DicomErrors.Record(e, "DicomHeaderUnreadable", file));
        }
    }
}
