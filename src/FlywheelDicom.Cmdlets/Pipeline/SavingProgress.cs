using System.Globalization;
using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>The progress of a cmdlet that saves instances, and its counts.</summary>
internal sealed class SavingProgress
{
    private const int BarId = 5;

    private readonly PSCmdlet _cmdlet;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly ProgressBoard _board;
    private readonly ProgressLine _line;

    /// <param name="cmdlet">To be made as it begins.</param>
    /// <param name="folder">Where it saves.</param>
    /// <param name="time">The clock.</param>
    public SavingProgress(PSCmdlet cmdlet, string folder, TimeProvider time)
    {
        (_cmdlet, _time, _started, _board) = (cmdlet, time, time.GetTimestamp(), ProgressBoard.Join(cmdlet, time));
        Sums = new DicomSaveSummary { OutputDirectory = folder };
        _line = new ProgressLine(BarId, "Saving DICOM files", Draw);
        _board.Add(_line);
    }

    public DicomSaveSummary Sums { get; private set; }

    public void Saved(long bytes) => Count(Sums with { Saved = Sums.Saved + 1, Bytes = Sums.Bytes + bytes });

    public void Found() => Count(Sums with { AlreadyThere = Sums.AlreadyThere + 1 });

    public void Failed() => Count(Sums with { Failed = Sums.Failed + 1 });

    /// <summary>There is no more: the bar goes, and the time is taken.</summary>
    public DicomSaveSummary End()
    {
        _board.End(_cmdlet, _line);
        return Sums = Sums with { Duration = _time.GetElapsedTime(_started) };
    }

    private void Count(DicomSaveSummary sums)
    {
        Sums = sums;
        _board.Tick(_cmdlet);
    }

    private string Draw(ProgressRecord record)
    {
        var seconds = Math.Max(0.001, _time.GetElapsedTime(_started).TotalSeconds);
        record.StatusDescription = string.Create(CultureInfo.InvariantCulture, $"{Sums}, {Sums.Bytes / 1e6:0} MB, {Sums.Bytes / 1e6 / seconds:0.0} MB/s");
        return "";
    }
}
