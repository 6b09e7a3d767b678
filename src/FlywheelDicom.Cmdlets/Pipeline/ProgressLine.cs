using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>One bar: what is done, and how far it is.</summary>
/// <param name="id">Its number in the pipeline.</param>
/// <param name="activity">What is done.</param>
/// <param name="draw">Fills in the record, and says in a word what state that is; called on the pipeline's thread.</param>
internal sealed class ProgressLine(int id, string activity, Func<ProgressRecord, string> draw)
{
    private string? _told;
    private string _state = "";
    private bool _isShown;

    public bool IsOver { get; private set; }

    public ProgressRecord Draw()
    {
        _isShown = true;
        var record = new ProgressRecord(id, activity, activity);
        _state = draw(record);
        return record;
    }

    /// <summary>Whether the state is another one than when this was asked last.</summary>
    public bool HasChangedState()
    {
        var hasChanged = _told is not null && _told != _state;
        _told = _state;
        return hasChanged;
    }

    /// <summary>The record that takes the bar away; null where there is none.</summary>
    public ProgressRecord? TryEnd()
    {
        if (IsOver || !_isShown)
            return null;
        IsOver = true;
        return new ProgressRecord(id, activity, "Done") { RecordType = ProgressRecordType.Completed };
    }
}
