using System.Management.Automation;
using FlywheelDicom.IO;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// A stage that edits instances and passes them on. It asks nobody and knows no -WhatIf: an edit is kept beside the handle, and nothing
/// is written before a later stage does.
/// </summary>
public abstract class EditCmdlet : DicomCmdlet
{
    private protected EditCmdlet()
    {
    }

    /// <summary>The instance to edit.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    [SentFileTransformation]
    [DicomFileTransformation]
    public DicomFile InputObject { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord() => Stoppable(() =>
    {
        foreach (var file in Inputs(InputObject))
            HandOn(file);
    });

    private void HandOn(DicomFile file)
    {
        if (file.ProblemDetail is null)
        {
            TryEdit(file);
            if (file.ProblemDetail is not null)
                WriteError(DicomErrors.For(file));
        }
        else
            file.ForgetEdits();
        WriteObject(file);
    }

    private protected abstract void Edit(DicomFile file);

    /// <summary>What is wrong in all instances alike ends the pipeline before the first.</summary>
    private protected T Checked<T>(Func<T> parse, string valueErrorId, object target)
    {
        try
        {
            return parse();
        }
        catch (FormatException e)
        {
            ThrowTerminatingError(DicomErrors.Record(e, "InvalidDicomTag", target));
            throw;
        }
        catch (ArgumentException e)
        {
            ThrowTerminatingError(DicomErrors.Record(e, valueErrorId, target));
            throw;
        }
    }

    private void TryEdit(DicomFile file)
    {
        try
        {
            Edit(file);
        }
        catch (Exception e) when (e is DicomSourceChangedException or DicomFormatException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            file.Refuse(new((e as DicomSourceChangedException)?.ErrorId ?? DicomProblem.Unreadable, $"It could not be edited: {e.Message}"));
        }
        catch (Exception e) when (e is not (OperationCanceledException or PipelineStoppedException))
        {
            // Whatever it is, it is this instance's, and costs no other.
            file.Refuse(new(DicomProblem.NotEdited, $"It was not edited. {e.Message}"));
        }
    }
}
