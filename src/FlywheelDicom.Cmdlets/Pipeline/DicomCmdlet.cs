using System.Management.Automation;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using FlywheelDicom.Network.Connection.Tls;

namespace FlywheelDicom.Cmdlets;

/// <summary>Cancellation, and errors with stable ids and fitting categories.</summary>
public abstract class DicomCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private int _disposed;
    private PosixSignal? _signal;

    protected DicomCmdlet() => Cancellation = _stop.Token;

    /// <summary>Cancelled by Ctrl+C, by a signal that ends the process, and when the pipeline is torn down before its end.</summary>
    protected CancellationToken Cancellation { get; }

    /// <summary>
    /// Ctrl+C was pressed; a pipeline that merely had enough is not stopped. The pipeline knows: its stages are told one after
    /// the other, and the first to end ends it before the last has heard.
    /// </summary>
    private protected bool IsStopped => Stopping;

    /// <summary>Nothing is to be written or sent.</summary>
    private protected bool IsWhatIf
        => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given)
            ? LanguagePrimitives.IsTrue(given)
            : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    /// <summary>Called first by all that run for long: from then on a signal ends them in good order.</summary>
    protected override void BeginProcessing() => TerminationSignals.Enter(this);

    protected sealed override void StopProcessing() => _stop.Cancel();

    /// <summary>The process is about to end. From another thread than the pipeline's.</summary>
    internal void Terminate(PosixSignal signal)
    {
        _signal = signal;
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself just now.
        }
    }

    public void Dispose()
    {
        // Once, whether the pipeline's thread comes first or a signal's.
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
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

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        _stop.Cancel();
        _stop.Dispose();
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
    /// The same for what only produces: after a signal it has no more, so that the stages behind it can hand on what they have done.
    /// </summary>
    private protected void Produce(Action work)
    {
        try
        {
            work();
        }
        catch (OperationCanceledException) when (Cancellation.IsCancellationRequested)
        {
            if (_signal is null)
                throw new PipelineStoppedException();
            WriteVerbose("There is no more: the process is being stopped.");
        }
    }

    /// <summary>What a signal ends is a failure, of which a script may tell before the process goes.</summary>
    private protected void EndIfTerminated()
    {
        if (_signal is { } signal)
            ThrowTerminatingError(DicomErrors.Record(new OperationCanceledException($"The run was stopped by {signal}."), "RunStopped", null));
    }

    /// <summary>
    /// Whatever reading a place throws becomes one file with a problem, behind those that could be read. Only the end of a pipeline passes.
    /// </summary>
    private protected static IEnumerable<DicomFile> Guarded(string name, DicomOrigin origin, Func<IEnumerable<DicomFile>> read)
    {
        IEnumerator<DicomFile>? files = null;
        try
        {
            while (true)
            {
                DicomFile file;
                var isLast = false;
                try
                {
                    files ??= read().GetEnumerator();
                    if (!files.MoveNext())
                        yield break;
                    file = files.Current;
                }
                catch (Exception e) when (e is not (OperationCanceledException or PipelineStoppedException))
                {
                    (file, isLast) = (ProblemOf(name, origin, e), true);
                }
                yield return file;
                if (isLast)
                    yield break;
            }
        }
        finally
        {
            files?.Dispose();
        }
    }

    /// <summary>What stands for an instance whose handling threw what nobody expected.</summary>
    private protected static DicomFile ProblemOf(string name, DicomOrigin origin, Exception e)
        => DicomFile.Unusable(name, origin, new(DicomProblem.Unreadable, $"It cannot be read: {e.Message}"));

    /// <summary>As it may be shown: see PlainText.</summary>
    private protected new void WriteVerbose(string text) => base.WriteVerbose(PlainText.Clean(text));

    /// <summary>As it may be shown: see PlainText.</summary>
    private protected new void WriteWarning(string text) => base.WriteWarning(PlainText.Clean(text));

    /// <summary>A path as the user gave it, as the file system has it.</summary>
    private protected string Resolved(string path)
    {
        var resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
        if (provider.Name != "FileSystem")
        {
            // What another provider calls a path would be taken for a file beside the process.
            var error = new ArgumentException($"'{path}' is not in the file system but in {provider.Name}.");
            ThrowTerminatingError(DicomErrors.Record(error, DicomProblem.NotFileSystem, path));
        }
        return resolved;
    }

    /// <summary>All certificates of PEM files; one that is of no use ends the pipeline.</summary>
    private protected X509Certificate2Collection ReadTrusted(string[] paths)
    {
        var all = new X509Certificate2Collection();
        foreach (var path in paths)
            all.AddRange(WithFiles(path, () => CertificateFiles.ReadTrusted(ResolvedCertificate(path))));
        return all;
    }

    /// <summary>The same for a file of certificates, which must stand in the file system.</summary>
    private protected string ResolvedCertificate(string path)
    {
        try
        {
            var resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return provider.Name == "FileSystem" ? resolved
                : throw new CertificateFileException("CertificateUnreadable", $"'{path}' is no file: certificates and keys are read from the file system.");
        }
        catch (Exception e) when (e is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            throw new CertificateFileException("CertificateFileNotFound", $"The file '{path}' does not exist.", e);
        }
    }

    private protected T WithFiles<T>(string? target, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CertificateFileException e)
        {
            ThrowTerminatingError(DicomErrors.Record(e, e.ErrorId, target));
            throw;
        }
    }

    private protected static ErrorRecord ErrorFor(DicomNetworkException e, object? target) => DicomErrors.Record(e, e.ErrorId, target);

    private protected static ErrorRecord ErrorFor(DicomFile file)
    {
        var problem = file.ProblemDetail!;
        // An entry is called as its archive has it: which archive, its origin tells.
        var archive = file.Origin.FileName is { Length: > 0 } name && !file.Name.EndsWith(name, StringComparison.Ordinal) ? $" in '{name}'" : "";
        return DicomErrors.Record(new IOException($"'{file.Name}'{archive}: {problem.Message}"), problem.Id, file);
    }
}
