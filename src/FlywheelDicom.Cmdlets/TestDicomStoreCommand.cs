using System.Management.Automation;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Cmdlets;

/// <summary>Asks a Storage SCP what it would take of the pipeline's instances, and sends none.</summary>
[Cmdlet(VerbsDiagnostic.Test, "DicomStore")]
[OutputType(typeof(DicomStoreTestResult))]
public sealed class TestDicomStoreCommand : DestinationCmdlet
{
    private DicomDestination? _destination;
    private StoreTrial? _trial;

    /// <summary>The instance that would be sent.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    [SentFileTransformation]
    [DicomFileTransformation]
    public DicomFile InputObject { get; set; } = null!;

    /// <summary>A host name, an IPv4 or IPv6 address, or what New-DicomDestination made.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("ComputerName", "HostName")]
    [DestinationTransformation]
    [ArgumentCompleter(typeof(DestinationCompleter))]
    public DicomDestination Destination { get; set; } = null!;

    /// <summary>Seconds for each answer of the peer.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int Timeout { get; set; } = 60;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _destination = Resolve(Destination);
        var options = new StoreOptions { RetryTime = TimeSpan.Zero, Client = ClientOptions(Timeout, DicomClientOptions.DefaultMaxPduLength) };
        try
        {
            Wait(() => StoreJob.CheckAsync(_destination, options, _ => { }, Cancellation));
        }
        catch (DicomNetworkException e) when (e is not DicomAssociationRejectedException { RejectSource: 1 or 2, Reason: 1 })
        {
            ThrowTerminatingError(DicomErrors.For(e, _destination));
        }
        catch (DicomNetworkException e)
        {
            // As with sending: some refuse callers that ask for nothing but Verification.
            WriteVerbose(e.Message);
        }
        _trial = new StoreTrial(_destination, options.Client, Cancellation);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Stoppable(() =>
    {
        foreach (var file in Inputs(InputObject))
        {
            Wait(async () =>
            {
                await _trial!.AddAsync(file).ConfigureAwait(false);
                return true;
            });
        }
    });

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        EndIfTerminated();
        WriteVerbose(FormattableString.Invariant($"{_trial!.Associations} associations with {_destination} were made."));
        foreach (var row in _trial.Rows)
            WriteObject(row);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && _trial is not null)
            _trial.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
