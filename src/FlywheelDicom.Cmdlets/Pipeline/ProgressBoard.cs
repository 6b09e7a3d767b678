using System.Globalization;
using System.Management.Automation;
using FlywheelDicom.Transfer.Progress;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// The progress of one pipeline: a line for the stage that reads, a line for the stage that sends. Whichever of them has the pipeline's
/// thread draws both, so that the one is seen to move while the other waits. Where nobody sees a bar, a plain line goes to the
/// information stream every half minute, and at once where the destination is lost. It is quiet where $ProgressPreference says so.
/// </summary>
internal sealed class ProgressBoard
{
    /// <summary>On the information stream.</summary>
    public const string Tag = "FlywheelDicom.Progress";

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_plainInterval = TimeSpan.FromSeconds(30);

    /// <summary>Stages of a pipeline begin one after the other, on one thread, before the first of them works.</summary>
    [ThreadStatic]
    private static ProgressBoard? s_forming;

    /// <summary>PowerShell numbers its commands from 1 as sources of progress. Ours are pipelines, far away from these.</summary>
    private static long s_lastSource = 1L << 40;

    private readonly TimeProvider _time;
    private readonly long _source = Interlocked.Increment(ref s_lastSource);
    private readonly int _length;
    private readonly ProgressForm _form;
    private readonly List<ProgressLine> _lines = [];
    private int _position;
    private long _drawn;
    private long _told;

    private ProgressBoard(PSCmdlet cmdlet, TimeProvider time)
    {
        (_time, _length, _form) = (time, cmdlet.MyInvocation.PipelineLength, FormFor(cmdlet));
        (_drawn, _told) = (time.GetTimestamp(), time.GetTimestamp());
    }

    /// <summary>What the stage that reads knows; null where none stands in this pipeline.</summary>
    public ReadProgress? Reading { get; set; }

    /// <summary>Nothing is shown.</summary>
    public bool IsQuiet => _form == ProgressForm.None;

    /// <summary>The board of the pipeline that a cmdlet stands in; to be called as it begins.</summary>
    public static ProgressBoard Join(PSCmdlet cmdlet, TimeProvider time)
    {
        var own = cmdlet.MyInvocation;
        if (s_forming is not { } board || board._length != own.PipelineLength || board._position >= own.PipelinePosition)
            s_forming = board = new ProgressBoard(cmdlet, time);
        board._position = own.PipelinePosition;
        return board;
    }

    public void Add(ProgressLine line) => _lines.Add(line);

    /// <summary>As a stage works: draws what is due. A call where nothing is due costs a look at the clock.</summary>
    /// <param name="cmdlet">The one that has the pipeline's thread.</param>
    public void Tick(PSCmdlet cmdlet)
    {
        if (IsQuiet || _time.GetElapsedTime(_drawn) < s_interval)
            return;
        s_forming = null;
        _drawn = _time.GetTimestamp();
        var isDue = _time.GetElapsedTime(_told) >= s_plainInterval;
        foreach (var line in _lines.Where(l => !l.IsOver))
        {
            var record = line.Draw();
            cmdlet.CommandRuntime.WriteProgress(_source, record);
            if (_form == ProgressForm.Plain && (isDue | line.HasChangedState()))
                cmdlet.WriteInformation($"{record.Activity}: {record.StatusDescription}", [Tag]);
        }
        if (isDue)
            _told = _time.GetTimestamp();
    }

    /// <summary>A stage is at its end: its bar goes.</summary>
    public void End(PSCmdlet cmdlet, ProgressLine line)
    {
        if (s_forming == this)
            s_forming = null;
        if (line.TryEnd() is { } record && !IsQuiet)
            cmdlet.CommandRuntime.WriteProgress(_source, record);
    }

    /// <summary>What a cmdlet is started with decides for its pipeline.</summary>
    private static ProgressForm FormFor(PSCmdlet cmdlet)
    {
        var preference = cmdlet.MyInvocation.BoundParameters.TryGetValue("ProgressAction", out var given) ? given : cmdlet.GetVariableValue("ProgressPreference");
        if (LanguagePrimitives.TryConvertTo<ActionPreference>(preference, CultureInfo.InvariantCulture, out var action) && action is ActionPreference.SilentlyContinue or ActionPreference.Ignore)
            return ProgressForm.None;
        // PowerShell's console draws no bar where its output goes to a file; a host without a user interface has nothing to draw on.
#pragma warning disable RS0030 // Nothing is written to it: where it leads is asked, which no host tells.
        return cmdlet.Host.Name switch
        {
            "ConsoleHost" => Console.IsOutputRedirected ? ProgressForm.Plain : ProgressForm.Bar,
            "Default Host" => ProgressForm.Plain,
            _ => ProgressForm.Bar,
        };
#pragma warning restore RS0030
    }
}
