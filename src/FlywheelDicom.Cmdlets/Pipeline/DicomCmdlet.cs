using System.Collections.Concurrent;
using System.Management.Automation;
using System.Runtime.InteropServices;
using FlywheelDicom.Transfer.Monitoring;

namespace FlywheelDicom.Cmdlets;

/// <summary>What every cmdlet of the module does: it can be stopped, and what it says is fit to be shown.</summary>
public abstract class DicomCmdlet : PSCmdlet, IDisposable
{
    private readonly CmdletLifetime _lifetime = new();
    private InputReader? _inputs;
    private int _results;

    private protected DicomCmdlet()
    {
    }

    /// <summary>Cancelled by Ctrl+C, by a signal that ends the process, and when the pipeline is torn down before its end.</summary>
    private protected CancellationToken Cancellation => _lifetime.Cancellation;

    /// <summary>
    /// Ctrl+C was pressed. A pipeline that had enough, as of Select-Object -First, is not stopped. The question goes to PowerShell:
    /// it stops the cmdlets one after the other, and the first may end the pipeline before the last is told.
    /// </summary>
    private protected bool IsStopped => Stopping;

    /// <summary>On lines of the information stream that tell how a run ended.</summary>
    private protected const string InformationTag = "FlywheelDicom";

    /// <summary>No stage stands behind it: what it gives is shown, or goes to a variable.</summary>
    private protected bool IsLast => MyInvocation.PipelinePosition == MyInvocation.PipelineLength;

    /// <summary>Nothing is to be written or sent.</summary>
    private protected bool IsWhatIf
        => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given)
            ? LanguagePrimitives.IsTrue(given)
            : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    /// <summary>Cmdlets that run for long call it first: from then on a signal stops them in good order.</summary>
    protected override void BeginProcessing() => TerminationSignals.Enter(this);

    /// <summary>Ctrl+C.</summary>
    protected sealed override void StopProcessing() => _lifetime.Stop();

    /// <summary>The process is about to end. It is called from the signal's own thread.</summary>
    internal void Terminate(PosixSignal signal) => _lifetime.Terminate(signal);

    /// <summary>The end of the pipeline, however it came.</summary>
    public void Dispose()
    {
        if (_lifetime.TryEnd())
        {
            try
            {
                Dispose(true);
            }
            finally
            {
                TerminationSignals.Leave(this);
            }
        }
        GC.SuppressFinalize(this);
    }

    /// <summary>Cancels the work, and frees what it holds.</summary>
    /// <param name="disposing">False in a finalizer, where there is nothing to do.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        if (IsStopped)
            _inputs?.Stop();
        _lifetime.Dispose();
    }

    /// <summary>Waits for work on the thread pool; Ctrl+C ends the wait.</summary>
    private protected T Wait<T>(Func<Task<T>> work)
    {
        T result = default!;
        Stoppable(() => result = Task.Run(work, Cancellation).GetAwaiter().GetResult());
        return result;
    }

    /// <summary>What Ctrl+C ends is a stopped pipeline, not a failure.</summary>
    private protected void Stoppable(Action work)
    {
        try
        {
            work();
        }
        catch (OperationCanceledException) when (Cancellation.IsCancellationRequested)
        {
            EndIfTerminated();
            throw new PipelineStoppedException();
        }
    }

    /// <summary>
    /// The same for a cmdlet that only produces: after a signal it has no more, so that the cmdlets behind it can hand on what they have done.
    /// </summary>
    private protected void Produce(Action work)
    {
        try
        {
            work();
        }
        catch (OperationCanceledException) when (Cancellation.IsCancellationRequested)
        {
            if (_lifetime.Signal is null)
                throw new PipelineStoppedException();
            WriteVerbose("There is no more: the process is being stopped.");
        }
    }

    /// <summary>What a signal ends is a failure, of which a script may tell before the process ends.</summary>
    private protected void EndIfTerminated()
    {
        if (_lifetime.Signal is { } signal)
            ThrowTerminatingError(DicomErrors.Record(new OperationCanceledException($"The run was stopped by {signal}."), "RunStopped", null));
    }

    /// <summary>
    /// The instances that an input stands for: itself, or what its path leads to. The first stage that meets them tells of those with a
    /// problem, as Get-DicomFile would.
    /// </summary>
    private protected IEnumerable<DicomFile> Inputs(DicomFile input)
    {
        // What is no instance at all is told once, where its instance would be sent.
        var isPending = PendingInput.Of(input) is { Given: not ForeignInput };
        foreach (var file in Found(input))
        {
            if (isPending && file.ProblemDetail is not null)
                WriteError(DicomErrors.For(file));
            yield return file;
        }
    }

    /// <summary>The same for a stage that tells of problems itself.</summary>
    private protected IEnumerable<DicomFile> Found(DicomFile input)
        => (_inputs ??= new InputReader(SessionState.Path, WriteVerbose, WriteWarning, Cancellation)).Read(input);

    /// <summary>What came in place of a result, under its place among all that came.</summary>
    private protected DicomSendResult Numbered(DicomSendResult input)
    {
        _results++;
        if (input is not { ErrorId: DicomSendResult.NotAResult, Run: null })
            return input;
        var name = input.File is null ? ForeignInput.Name(_results, input.Name) : input.Name;
        WriteError(DicomErrors.Record(new ArgumentException($"'{name}': {input.Reason}"), DicomSendResult.NotAResult, name));
        return input.File is null ? input with { Name = name, Origin = new DicomOrigin { FileName = name } } : input;
    }

    /// <summary>Without control characters: see PlainText.</summary>
    private protected new void WriteVerbose(string text) => base.WriteVerbose(PlainText.Clean(text));

    /// <summary>Without control characters: see PlainText.</summary>
    private protected new void WriteWarning(string text) => base.WriteWarning(PlainText.Clean(text));

    /// <summary>Opens a log. What goes wrong with it is a warning, but a file that is no log ends the run before it begins.</summary>
    /// <param name="path">The file.</param>
    /// <param name="journal">The whole path of the run's journal; the log must be another file.</param>
    private protected RunLog? OpenLog(string path, string? journal = null)
    {
        var place = Resolved(path);
        try
        {
            if (place == journal)
                throw new RunLogException($"'{place}' is the journal of this run. The log needs another file: name one with -LogPath.");
            return RunLog.Open(place, LogWarnings.Enqueue, TimeProvider.System);
        }
        catch (RunLogException e)
        {
            ThrowTerminatingError(DicomErrors.Record(e, "LogUnusable", path));
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            WriteWarning($"The log '{place}' cannot be written: {e.Message} The run goes on without it.");
            return null;
        }
    }

    /// <summary>What a log says of itself, from any thread; at most one line.</summary>
    private protected ConcurrentQueue<string> LogWarnings { get; } = new();

    /// <summary>On the pipeline's thread.</summary>
    private protected void WriteLogWarnings()
    {
        while (LogWarnings.TryDequeue(out var line))
            WriteWarning(line);
    }

    /// <summary>The path in the file system that the user's path stands for; one of another provider ends the pipeline.</summary>
    private protected string Resolved(string path)
    {
        var place = ProviderPath.Resolve(SessionState.Path, path);
        if (!place.IsFile)
        {
            var error = new ArgumentException($"'{path}' is not in the file system but in {place.Provider}.");
            ThrowTerminatingError(DicomErrors.Record(error, DicomProblem.NotFileSystem, path));
        }
        return place.FullPath;
    }
}
