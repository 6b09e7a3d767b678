using System.Management.Automation;
using FlywheelDicom.Transfer.Progress;

namespace FlywheelDicom.Cmdlets;

/// <summary>The progress of a cmdlet that gives instances.</summary>
internal sealed class ReadingProgress
{
    private readonly PSCmdlet _cmdlet;
    private readonly ProgressBoard _board;
    private readonly ProgressLine _line;
    private bool _isOver;

    /// <param name="cmdlet">To be made as it begins.</param>
    /// <param name="activity">What is done.</param>
    /// <param name="source">Who is waited for.</param>
    /// <param name="time">The clock.</param>
    public ReadingProgress(PSCmdlet cmdlet, string activity, string source, TimeProvider time)
    {
        (_cmdlet, _board, Watch) = (cmdlet, ProgressBoard.Join(cmdlet, time), new ReadWatch(Counts, time));
        _line = ProgressLines.Reading(Watch, activity, source);
        _board.Add(_line);
        _board.Reading = Counts;
        if (cmdlet.MyInvocation.ExpectingInput)
            Counts.EnterListing();
    }

    public ReadProgress Counts { get; } = new();

    public ReadWatch Watch { get; }

    /// <summary>An instance is handed on.</summary>
    public void Find(DicomFile file)
    {
        Counts.Find(file);
        Watch.IsWaiting = false;
        _board.Tick(_cmdlet);
    }

    /// <summary>The source is waited for.</summary>
    public void Wait()
    {
        Watch.IsWaiting = true;
        _board.Tick(_cmdlet);
    }

    /// <summary>There is no more.</summary>
    public void End()
    {
        if (_isOver)
            return;
        _isOver = true;
        if (_cmdlet.MyInvocation.ExpectingInput)
            Counts.LeaveListing();
        _board.End(_cmdlet, _line);
    }
}
