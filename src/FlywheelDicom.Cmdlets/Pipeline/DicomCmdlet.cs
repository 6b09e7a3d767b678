using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using FlywheelDicom.Network;

namespace FlywheelDicom.Cmdlets;

/// <summary>Cancellation, and errors with stable ids and fitting categories.</summary>
public abstract class DicomCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private bool _disposed;

    /// <summary>Cancelled by Ctrl+C, and when the pipeline is torn down before its end.</summary>
    protected CancellationToken Cancellation => _stop.Token;

    /// <summary>
    /// Ctrl+C was pressed; a pipeline that merely had enough is not stopped. The pipeline knows: its stages are told one after
    /// the other, and the first to end ends it before the last has heard.
    /// </summary>
    private protected bool IsStopped => Stopping;

    protected sealed override void StopProcessing() => _stop.Cancel();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (_disposed || !disposing)
            return;
        _disposed = true;
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
            throw new PipelineStoppedException();
        }
    }

    /// <summary>A path as the user gave it, as the file system has it.</summary>
    private protected string Resolved(string path)
    {
        var resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
        if (provider.Name != "FileSystem")
        {
            // What another provider calls a path would be taken for a file beside the process.
            var error = new ArgumentException($"'{path}' is not in the file system but in {provider.Name}.");
            ThrowTerminatingError(new ErrorRecord(error, DicomProblem.NotFileSystem, ErrorCategory.InvalidArgument, path));
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
            var category = e.ErrorId == "CertificateFileNotFound" ? ErrorCategory.ObjectNotFound : ErrorCategory.InvalidArgument;
            ThrowTerminatingError(new ErrorRecord(e, e.ErrorId, category, target));
            throw;
        }
    }

    private protected static ErrorRecord ErrorFor(DicomNetworkException e, object? target)
        => new(e, e.ErrorId, CategoryOf(e.Error), target);

    private protected static ErrorRecord ErrorFor(DicomFile file)
    {
        var problem = file.ProblemDetail!;
        // An entry is called as its archive has it: which archive, its origin tells.
        var archive = file.Origin.FileName is { Length: > 0 } name && !file.Name.EndsWith(name, StringComparison.Ordinal) ? $" in '{name}'" : "";
        return new ErrorRecord(new IOException($"'{file.Name}'{archive}: {problem.Message}"), problem.Id, CategoryOf(problem.Id), file);
    }

    private protected static ErrorCategory CategoryOf(string errorId) => errorId switch
    {
        DicomProblem.NotFound => ErrorCategory.ObjectNotFound,
        DicomProblem.NotDownloaded or DicomProblem.NotListed or DicomProblem.NoTemporarySpace => ErrorCategory.ResourceUnavailable,
        DicomProblem.UnsupportedArchive => ErrorCategory.NotImplemented,
        DicomProblem.Unreadable or DicomProblem.SourceChanged => ErrorCategory.ReadError,
        DicomProblem.NotFileSystem => ErrorCategory.InvalidArgument,
        DicomProblem.NoPrivateBlock => ErrorCategory.LimitsExceeded,
        DicomProblem.NotDicom or DicomProblem.Truncated or DicomProblem.Malformed or DicomProblem.MissingUid or DicomProblem.Directory
            or DicomProblem.NotConvertible or DicomProblem.BadArchive or DicomProblem.EncryptedArchive => ErrorCategory.InvalidData,
        "DicomStoreFailed" => ErrorCategory.InvalidResult,
        DicomSendResult.SendingFailed => ErrorCategory.InvalidOperation,
        _ => Enum.TryParse<DicomNetworkError>(errorId.Replace("Dicom", "", StringComparison.Ordinal), out var error) ? CategoryOf(error) : ErrorCategory.NotSpecified,
    };

    private static ErrorCategory CategoryOf(DicomNetworkError error) => error switch
    {
        DicomNetworkError.HostNotFound => ErrorCategory.ObjectNotFound,
        DicomNetworkError.ConnectTimeout or DicomNetworkError.ResponseTimeout or DicomNetworkError.WriteTimeout => ErrorCategory.OperationTimeout,
        DicomNetworkError.TlsNotAgreed or DicomNetworkError.TlsNotSpoken or DicomNetworkError.TlsExpected => ErrorCategory.ProtocolError,
        >= DicomNetworkError.CertificateExpired => ErrorCategory.SecurityError,
        DicomNetworkError.ContextRefused => ErrorCategory.NotImplemented,
        DicomNetworkError.ProtocolError => ErrorCategory.ProtocolError,
        _ => ErrorCategory.ConnectionError,
    };
}
