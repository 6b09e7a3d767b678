using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace FlywheelDicom.Transfer.Monitoring;

/// <summary>
/// Counters and spans under one name, for whoever listens: an OpenTelemetry collector, dotnet-counters, a debugger. Where nobody does
/// they cost a look at a field. Names and units follow OpenTelemetry; no tag holds a patient's value.
/// </summary>
internal static class Telemetry
{
    /// <summary>The name of the meter and of the source of spans.</summary>
    public const string Name = "FlywheelDicom";

    private static readonly string? s_version = typeof(Telemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
    private static readonly Meter s_meter = new(Name, s_version);

    /// <summary>Spans: a run, an instance in it, a download.</summary>
    public static ActivitySource Spans { get; } = new(Name, s_version);

    /// <summary>By status: sent, warning, skipped, failed.</summary>
    public static Counter<long> Instances { get; } = s_meter.CreateCounter<long>("flywheeldicom.send.instances", "{instance}", "Instances that have their result");

    public static Counter<long> Bytes { get; } = s_meter.CreateCounter<long>("flywheeldicom.send.bytes", "By", "Bytes of data sets that were sent and answered");

    public static Histogram<double> Duration { get; } = s_meter.CreateHistogram<double>("flywheeldicom.send.duration", "s", "From the first try of an instance to its last answer");

    public static UpDownCounter<long> Associations { get; } = s_meter.CreateUpDownCounter<long>("flywheeldicom.associations.open", "{association}", "Associations that are open");

    public static UpDownCounter<long> Queue { get; } = s_meter.CreateUpDownCounter<long>("flywheeldicom.send.queue", "{instance}", "Instances that wait to be sent");

    /// <summary>By what is tried: store, request.</summary>
    public static Counter<long> Retries { get; } = s_meter.CreateCounter<long>("flywheeldicom.retries", "{retry}", "Tries after a failure");

    /// <summary>By outcome: ok, failed.</summary>
    public static Counter<long> Downloads { get; } = s_meter.CreateCounter<long>("flywheeldicom.downloads", "{file}", "Files that were fetched from Flywheel");

    public static Counter<long> DownloadedBytes { get; } = s_meter.CreateCounter<long>("flywheeldicom.download.bytes", "By", "Bytes that were fetched from Flywheel");
}
