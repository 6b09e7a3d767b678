using System.Diagnostics;
using FlywheelDicom.Flywheel;
using FlywheelDicom.Transfer.Progress;

namespace FlywheelDicom.Transfer.Monitoring;

/// <summary>What is told of downloads: to the log, to counters and spans. Safe from any thread.</summary>
internal sealed class FetchMonitor(string host, TimeProvider time, RunLog? log = null)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>The run begins.</summary>
    public void Start(TimeSpan retryTime, long spoolLimit)
        => log?.Write(RunLogLevel.Info, "fetch.start", ("host", host), ("retryTime", retryTime), ("spoolLimit", spoolLimit));

    /// <summary>The run is over.</summary>
    /// <param name="outcome">"end" or "stopped".</param>
    /// <param name="progress">What was read.</param>
    public void End(string outcome, ReadProgress progress)
        => log?.Write(outcome == "end" ? RunLogLevel.Info : RunLogLevel.Warning, "fetch." + outcome, ("host", host), ("files", progress.FetchedFiles), ("bytes", progress.Fetched),
            ("instances", progress.Found), ("problems", progress.Failed), ("duration", time.GetElapsedTime(_started)));

    /// <summary>A request is tried again.</summary>
    public void Retry(Exception? failure, TimeSpan delay)
    {
        Telemetry.Retries.Add(1, new KeyValuePair<string, object?>("of", "request"));
        var flywheel = failure as FlywheelException;
        log?.Write(RunLogLevel.Warning, "fetch.retry", ("host", host), ("delay", delay), ("error", flywheel?.Error.ToString()), ("httpStatus", (int?)flywheel?.StatusCode));
    }

    /// <summary>A download begins.</summary>
    public Fetch Begin(FlywheelFile file, DicomOrigin origin)
    {
        // A file's name may tell a patient's: its ids say which it is.
        log?.Write(RunLogLevel.Info, "download.start", ("host", host), ("fileId", file.FileId), ("acquisitionId", origin.AcquisitionId), ("sessionId", origin.SessionId), ("bytes", file.Size));
        return new Fetch(this, file, origin);
    }

    /// <summary>One download.</summary>
    public sealed class Fetch(FetchMonitor monitor, FlywheelFile file, DicomOrigin origin) : IDisposable
    {
        private readonly Activity? _span = Telemetry.Spans.StartActivity("flywheel.download", ActivityKind.Client);
        private readonly long _begun = monitor.Now;

        /// <summary>All is here.</summary>
        public void End(long bytes)
        {
            Telemetry.Downloads.Add(1, new KeyValuePair<string, object?>("outcome", "ok"));
            Telemetry.DownloadedBytes.Add(bytes);
            _span?.SetTag("flywheeldicom.bytes", bytes);
            Write(RunLogLevel.Info, "download.end", bytes, null);
        }

        public void Fail(Exception failure)
        {
            Telemetry.Downloads.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
            _span?.SetStatus(ActivityStatusCode.Error);
            Write(RunLogLevel.Error, "download.failed", null, failure as FlywheelException);
        }

        public void Dispose() => _span?.Dispose();

        private void Write(RunLogLevel level, string name, long? bytes, FlywheelException? failure)
            => monitor.Write(level, name, ("fileId", file.FileId), ("acquisitionId", origin.AcquisitionId), ("sessionId", origin.SessionId), ("bytes", bytes),
                ("duration", monitor.Since(_begun)), ("error", failure?.Error.ToString()), ("httpStatus", (int?)failure?.StatusCode));
    }

    private long Now => time.GetTimestamp();

    private TimeSpan Since(long begun) => time.GetElapsedTime(begun);

    private void Write(RunLogLevel level, string name, params (string Name, object? Value)[] fields) => log?.Write(level, name, [("host", host), .. fields]);
}
