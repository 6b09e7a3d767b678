using System.Management.Automation;
using FlywheelDicom.Transfer.Monitoring;

namespace FlywheelDicom.Cmdlets;

/// <summary>The progress of a cmdlet that sends instances.</summary>
internal sealed class SendingProgress
{
    private readonly PSCmdlet _cmdlet;
    private readonly ProgressBoard _board;
    private readonly ProgressLine _line;
    private readonly SendMonitor _monitor;

    /// <param name="cmdlet">To be made as it begins.</param>
    /// <param name="monitor">What is told of the run.</param>
    /// <param name="destination">Where it sends to.</param>
    /// <param name="time">The clock.</param>
    public SendingProgress(PSCmdlet cmdlet, SendMonitor monitor, DicomDestination destination, TimeProvider time)
    {
        (_cmdlet, _monitor, _board) = (cmdlet, monitor, ProgressBoard.Join(cmdlet, time));
        monitor.Progress.Source = _board.Reading;
        _line = ProgressLines.Sending(monitor.Progress, destination, time);
        _board.Add(_line);
    }

    /// <summary>An instance is handed in.</summary>
    public void Enter(DicomFile file)
    {
        _monitor.Progress.Enter(file);
        Tick();
    }

    public void Tick() => _board.Tick(_cmdlet);

    /// <summary>No more is handed in: what is known is all.</summary>
    public void EndInput() => _monitor.Progress.EndInput();

    public void End() => _board.End(_cmdlet, _line);
}
