using System.Management.Automation;
using FlywheelDicom.Transfer.Progress;

namespace FlywheelDicom.Cmdlets;

/// <summary>The two bars that there are, made of what the library knows.</summary>
internal static class ProgressLines
{
    /// <summary>Files are read, or fetched.</summary>
    public static ProgressLine Reading(ReadWatch watch, string activity, string source) => new(1, activity, record =>
    {
        var now = watch.Snapshot();
        Fill(record, ProgressText.Of(now, source), now.Percent, now.TimeLeft);
        return now.IsWaiting ? "waiting" : "";
    });

    /// <summary>Instances are sent.</summary>
    public static ProgressLine Sending(SendProgress progress, DicomDestination destination, TimeProvider time) => new(2, $"Sending to {destination.CalledAE}", record =>
    {
        var now = progress.Snapshot();
        Fill(record, ProgressText.Of(now, destination.CalledAE, time.GetLocalNow()), now.Percent, now.State == ProgressState.Working ? now.TimeLeft : null);
        return now.State is ProgressState.Outage or ProgressState.Down ? now.State.ToString() : "";
    });

    private static void Fill(ProgressRecord record, string status, int percent, TimeSpan? left)
    {
        record.StatusDescription = status;
        record.PercentComplete = percent;
        record.SecondsRemaining = left is { } time ? (int)Math.Min(int.MaxValue, Math.Ceiling(time.TotalSeconds)) : -1;
    }
}
