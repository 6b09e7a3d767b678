using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Cmdlets;

/// <summary>A cmdlet that uses the connection with Flywheel.</summary>
public abstract class FlywheelCmdlet : DicomCmdlet
{
    private FlywheelConnection? _connection;

    private protected FlywheelCmdlet()
    {
    }

    /// <summary>The runspace's connection. It stays the same while the pipeline runs, whatever is connected or disconnected meanwhile.</summary>
    private protected FlywheelConnection Connection
    {
        get
        {
            if (_connection is not null)
                return _connection;
            if (ModuleState.Current.Use() is { } current)
                return _connection = current;
            var error = new InvalidOperationException("There is no connection with Flywheel. Make one with Connect-FwInstance.");
            ThrowTerminatingError(DicomErrors.Record(error, "FlywheelNotConnected", null));
            throw error;
        }
    }

    /// <summary>Verbose lines of the thread pool, which must not write them itself.</summary>
    private protected ConcurrentQueue<string> Lines { get; } = new();

    private protected void WriteLines()
    {
        while (Lines.TryDequeue(out var line))
            WriteVerbose(line);
        WriteLogWarnings();
    }

    /// <summary>Waits for an answer of the instance. An error that it answers ends the pipeline.</summary>
    private protected T Ask<T>(object? target, Func<Task<T>> work)
    {
        try
        {
            return Wait(work);
        }
        catch (FlywheelException e)
        {
            ThrowTerminatingError(DicomErrors.For(e, target));
            throw;
        }
        finally
        {
            WriteLines();
        }
    }

    /// <summary>What the instance lists, each as it comes. An error that it answers ends the pipeline.</summary>
    private protected IEnumerable<T> AskEach<T>(object? target, IAsyncEnumerable<T> items)
    {
        var listing = items.GetAsyncEnumerator(Cancellation);
        try
        {
            while (Ask(target, () => listing.MoveNextAsync().AsTask()))
                yield return listing.Current;
        }
        finally
        {
            listing.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            Interlocked.Exchange(ref _connection, null)?.Release();
    }

    private protected FlywheelPath ParsePath(string path)
    {
        try
        {
            return FlywheelPath.Parse(path);
        }
        catch (ArgumentException e)
        {
            ThrowTerminatingError(DicomErrors.Record(e, "InvalidFlywheelPath", path));
            throw;
        }
    }

    private protected string UserAgent
    {
        get
        {
            var version = typeof(FlywheelCmdlet).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
            return $"FlywheelDicom/{version} ({RuntimeInformation.OSDescription.Split('#')[0].Trim()}; PowerShell {Host.Version})";
        }
    }
}
