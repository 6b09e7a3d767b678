using System.Management.Automation;
using FlywheelDicom.IO;
using FlywheelDicom.Transfer.Saving;

namespace FlywheelDicom.Cmdlets;

/// <summary>Writes instances with their edits to disk.</summary>
[Cmdlet(VerbsData.Save, "DicomFile", SupportsShouldProcess = true)]
[OutputType(typeof(DicomSaveSummary), typeof(DicomFile))]
public sealed class SaveDicomFileCommand : DicomCmdlet
{
    private string _folder = "";
    private InstanceSaver? _saver;
    private SavingProgress? _progress;

    /// <summary>The instance to save.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    [SentFileTransformation]
    [DicomFileTransformation]
    public DicomFile InputObject { get; set; } = null!;

    /// <summary>The folder; it is made where it is not there.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string OutputDirectory { get; set; } = "";

    /// <summary>Where in it, with keywords in braces.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LayoutCompleter))]
    public string Layout { get; set; } = FileLayout.Default;

    /// <summary>Files with other content are written over.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The saved instances flow on; the summary goes to the information stream.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Resolved(OutputDirectory)));
        _saver = new InstanceSaver(_folder, ParsedLayout(), Force ? DicomSaveMode.Overwrite : DicomSaveMode.CreateNew);
        if (!IsWhatIf)
            MakeFolder();
        _progress = new SavingProgress(this, _folder, TimeProvider.System);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Stoppable(() =>
    {
        // What has a problem is told here, as one that is not saved.
        foreach (var file in Found(InputObject))
            Handle(file);
    });

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var sums = _progress!.End();
        EndIfTerminated();
        if (IsWhatIf)
            return;
        if (PassThru)
            WriteInformation(sums, ["DicomSaveSummary"]);
        else
            WriteObject(sums);
    }

    private void Handle(DicomFile file)
    {
        Cancellation.ThrowIfCancellationRequested();
        if (file.ProblemDetail is { } problem)
        {
            Refuse(file, problem);
            return;
        }
        file.Claim();
        try
        {
            Save(file);
        }
        finally
        {
            // What was kept of it on disk for its sake may go; it can be opened again all the same.
            file.Release();
        }
    }

    private void Save(DicomFile file)
    {
        string target;
        try
        {
            target = _saver!.TargetOf(file);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or InvalidOperationException)
        {
            Refuse(file, new(DicomProblem.Unreadable, $"It is not saved: its header cannot be read. {e.Message}"));
            return;
        }
        if (!ShouldProcess(target, "Save"))
        {
            // With -WhatIf nothing flows on: what stands behind would send an original whose copy was never made.
            if (PassThru && !IsWhatIf)
                WriteObject(file.With(new(DicomProblem.NotSaved, "It is not saved: that was declined.")));
            return;
        }
        var outcome = _saver.Save(file, target, Cancellation);
        if (outcome.Problem is { } problem)
        {
            Refuse(file, problem);
            return;
        }
        if (outcome.State == SaveState.Saved)
            _progress!.Saved(outcome.Bytes);
        else
            _progress!.Found();
        if (PassThru)
            WriteObject(Reopened(file, target));
    }

    /// <summary>The copy, under the origin of what it is a copy of: a report counts it there.</summary>
    private static DicomFile Reopened(DicomFile file, string target)
    {
        try
        {
            if (DicomFile.Read(new FileDicomSource(target), target, file.Origin) is not { } copy)
                return file.With(new(DicomProblem.Unreadable, "Its copy cannot be read."));
            copy.TakeEditsOf(file);
            return copy;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return file.With(new(DicomProblem.Unreadable, "Its copy cannot be read."));
        }
    }

    /// <summary>The object that came is not touched: it may be saved elsewhere. What flows on has the problem.</summary>
    private void Refuse(DicomFile file, DicomProblem problem)
    {
        var refused = file.ProblemDetail is null ? file.With(problem) : file;
        _progress!.Failed();
        WriteError(DicomErrors.For(refused));
        if (PassThru)
            WriteObject(refused);
    }

    private FileLayout ParsedLayout()
    {
        try
        {
            return new FileLayout(Layout);
        }
        catch (FormatException e)
        {
            ThrowTerminatingError(DicomErrors.Record(e, "InvalidLayout", Layout));
            throw;
        }
    }

    private void MakeFolder()
    {
        try
        {
            Directory.CreateDirectory(_folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(DicomErrors.Record(new IOException($"The folder '{OutputDirectory}' cannot be made: {e.Message}", e), "SaveFolderUnusable", OutputDirectory));
        }
    }
}
