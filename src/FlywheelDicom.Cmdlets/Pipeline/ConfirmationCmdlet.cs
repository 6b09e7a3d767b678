using System.Collections.Concurrent;
using System.Management.Automation;
using System.Threading.Channels;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Transfer.Confirmation;

namespace FlywheelDicom.Cmdlets;

/// <summary>A stage behind Send-DicomStore that asks the archive for what it was sent.</summary>
public abstract class ConfirmationCmdlet : DestinationCmdlet
{
    private const int Capacity = 256;

    private readonly ConcurrentDictionary<DicomDestination, DicomDestination> _asked = new();
    private PipelinePump<DicomSendResult, DicomSendResult>? _pump;
    private DicomSendRun? _run;
    private DicomSendRun? _runBefore;
    private readonly List<DicomSendRun> _runs = [];
    private ProgressBoard? _board;
    private ProgressLine? _line;
    private string? _lastReason;
    private long _done;
    private long _notConfirmed;

    private protected ConfirmationCmdlet()
    {
    }

    /// <summary>What Send-DicomStore says of one instance.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    [SendResultTransformation]
    public DicomSendResult InputObject { get; set; } = null!;

    /// <summary>Who is asked, where that is not who was sent to.</summary>
    [Parameter(Position = 0)]
    [Alias("ComputerName", "HostName")]
    [DestinationTransformation]
    [ArgumentCompleter(typeof(DestinationCompleter))]
    public DicomDestination? Destination { get; set; }

    /// <summary>Seconds for each answer of the peer.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int Timeout { get; set; } = 60;

    private protected abstract string Activity { get; }

    /// <summary>Seconds that all of it may take. <see cref="Timeout"/> is for one answer.</summary>
    private protected abstract int WaitSeconds { get; }

    private protected abstract Func<PipelinePump<DicomSendResult, DicomSendResult>, ChannelReader<DicomSendResult>, Task> Job(ConfirmationOptions options);

    private protected virtual ConfirmationOptions Options => new()
    {
        Timeout = TimeSpan.FromSeconds(WaitSeconds), DestinationToAsk = destination => _asked[destination],
        Client = ClientOptions(Timeout, DicomClientOptions.DefaultMaxPduLength),
    };

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _board = ProgressBoard.Join(this, TimeProvider.System);
        _board.Add(_line = new ProgressLine(3, Activity, record =>
        {
            record.StatusDescription = $"{_done} done, {_notConfirmed} not confirmed";
            return "";
        }));
        _pump = new PipelinePump<DicomSendResult, DicomSendResult>(Job(Options), Emit, WriteVerbose, Capacity, Cancellation)
        {
            OnWait = () => _board.Tick(this),
        };
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var result = Numbered(InputObject);
        // On this thread, since it may warn; the job looks it up once it has the result.
        if (result.IsStored && !_asked.ContainsKey(result.Destination))
            _asked[result.Destination] = Resolve(Destination ?? result.Destination);
        Stoppable(() => _pump!.Push(result));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Stoppable(() => _pump?.Complete());
        EndIfTerminated();
        _runs.ForEach(r => r.End());
        _board!.End(this, _line!);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            _pump?.Abandon();
    }

    private void Emit(DicomSendResult result)
    {
        _done++;
        if (result is { Confirmation: DicomConfirmation.NotCommitted or DicomConfirmation.NotFound or DicomConfirmation.NotAnswered })
        {
            _notConfirmed++;
            // One silence of the archive is one error, however many instances it was asked for.
            if (result.Confirmation != DicomConfirmation.NotAnswered || result.Reason != _lastReason)
            {
                var what = result.Confirmation == DicomConfirmation.NotAnswered ? $"'{result.Name}', and whatever was asked for with it," : $"'{result.Name}'";
                var error = new IOException($"{what} is not known to be stored at {result.Destination}: {result.Reason}");
                WriteError(DicomErrors.Record(error, result.ErrorId!, result));
            }
            _lastReason = result.Reason;
        }
        _board!.Tick(this);
        WriteObject(result with { Run = RunAfter(result.Run) });
    }

    /// <summary>A result that was asked for again is of this run, and of the one that sent it.</summary>
    private DicomSendRun RunAfter(DicomSendRun? before)
    {
        if (_run is null || _runBefore != before)
        {
            (_run, _runBefore) = (new DicomSendRun(before), before);
            _runs.Add(_run);
        }
        return _run;
    }
}
