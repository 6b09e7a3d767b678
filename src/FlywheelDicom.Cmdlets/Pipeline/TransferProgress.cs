using System.Diagnostics;
using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>A progress bar that is drawn at most five times a second, and says nothing of patients.</summary>
internal sealed class TransferProgress(Cmdlet cmdlet, int activityId, string activity)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    private readonly long _started = Stopwatch.GetTimestamp();
    private long _drawn = Stopwatch.GetTimestamp();
    private bool _isShown;

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    public void Show(Func<string> status)
    {
        if (Stopwatch.GetElapsedTime(_drawn) < s_interval)
            return;
        _drawn = Stopwatch.GetTimestamp();
        _isShown = true;
        cmdlet.WriteProgress(new ProgressRecord(activityId, activity, status()));
    }

    public void Complete()
    {
        if (_isShown)
            cmdlet.WriteProgress(new ProgressRecord(activityId, activity, "Done") { RecordType = ProgressRecordType.Completed });
    }
}
