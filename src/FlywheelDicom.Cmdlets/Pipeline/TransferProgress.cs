using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>A progress bar, drawn at most five times a second. It shows no value of a patient.</summary>
internal sealed class TransferProgress(Cmdlet cmdlet, int activityId, string activity, TimeProvider time)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    private readonly long _started = time.GetTimestamp();
    private long _drawn = time.GetTimestamp();
    private bool _isShown;

    public TimeSpan Elapsed => time.GetElapsedTime(_started);

    public void Show(Func<string> status)
    {
        if (time.GetElapsedTime(_drawn) < s_interval)
            return;
        _drawn = time.GetTimestamp();
        _isShown = true;
        cmdlet.WriteProgress(new ProgressRecord(activityId, activity, status()));
    }

    public void Complete()
    {
        if (_isShown)
            cmdlet.WriteProgress(new ProgressRecord(activityId, activity, "Done") { RecordType = ProgressRecordType.Completed });
    }
}
