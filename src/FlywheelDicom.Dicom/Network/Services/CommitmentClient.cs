using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Services;

/// <summary>Asks an archive to keep instances safely: storage commitment, push model (PS3.4 Annex J).</summary>
internal static class CommitmentClient
{
    /// <summary>The well-known SOP instance of the request (PS3.4 §J.3.5).</summary>
    private const string Instance = DicomUID.StorageCommitment + ".1";

    private const string MayNotReach = "Check that it knows this host and the listening port under our AE title, or wait longer (-WaitTime).";
    private const string NeedsPort = "It may want to call back with it: give it a port to call (-ListenPort), and enter that at the archive under our AE title.";

    /// <summary>Sends one request, and waits for its report on the same association or at the listener.</summary>
    /// <param name="destination">The archive.</param>
    /// <param name="instances">The instances that it should keep.</param>
    /// <param name="options">Timers and limits.</param>
    /// <param name="waitTime">For the report, after the archive has accepted the request.</param>
    /// <param name="listener">Takes the report if the archive calls back with it; null if it cannot.</param>
    /// <param name="cancellation">Aborts.</param>
    /// <returns>The report.</returns>
    /// <exception cref="DicomNetworkException">The request did not get through, was refused, or no report came in time.</exception>
    public static async Task<CommitmentReport> RequestAsync(
        DicomDestination destination, IReadOnlyCollection<SopReference> instances, DicomClientOptions options, TimeSpan waitTime,
        CommitmentListener? listener, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var transaction = DicomUID.Generate();
        var called = listener?.ExpectAsync(transaction);
        try
        {
            var association = await DicomAssociation.RequestAsync(
                destination, [new PresentationContext(1, DicomUID.StorageCommitment, PresentationContextPlan.Uncompressed)], options with { MaxOperations = 1 }, cancellation).ConfigureAwait(false);
            await using (association.ConfigureAwait(false))
            {
                var context = association.ContextFor(DicomUID.StorageCommitment);
                var syntax = DicomTransferSyntax.Lookup(context.AcceptedTransferSyntax!);
                var command = new DimseCommand { Field = CommandField.ActionRequest, SopClassUid = DicomUID.StorageCommitment, SopInstanceUid = Instance, TypeId = 1 };
                var response = await association.RequestAsync(
                    context, command, CommitmentReport.EncodeRequest(transaction, instances, syntax), "asking for storage commitment").ConfigureAwait(false);
                if (response.Command.Status.State == DicomState.Failure)
                {
                    throw new DicomNetworkException(DicomNetworkError.RequestRefused,
                        $"{destination} refused the request for storage commitment: {response.Command.Status}. {response.Command.ErrorComment}".TrimEnd(), RetryAdvice.Never);
                }
                return await ReportAsync(association, destination, transaction, context, options, waitTime, called, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            listener?.Forget(transaction);
        }
    }

    private static async Task<CommitmentReport> ReportAsync(
        DicomAssociation association, DicomDestination destination, string transaction, PresentationContext context, DicomClientOptions options, TimeSpan waitTime,
        Task<CommitmentReport>? called, CancellationToken cancellation)
    {
        var here = OnAssociationAsync(association, transaction, context, waitTime);
        var isHereOver = false;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var timeUp = Task.Delay(waitTime, options.Time, late.Token);
        try
        {
            while (true)
            {
                var waits = new List<Task> { timeUp };
                if (!isHereOver)
                    waits.Add(here);
                if (called is not null)
                    waits.Add(called);
                var first = await Task.WhenAny(waits).ConfigureAwait(false);
                if (first == called)
                    return await called!.ConfigureAwait(false);
                if (first == here && here.IsCompletedSuccessfully)
                    return await here.ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                if (first == timeUp)
                    throw NoReport(destination, $"within {waitTime.TotalSeconds:0} s", called is null ? NeedsPort : MayNotReach);
                // The archive has ended the association. It may still call back.
                isHereOver = true;
                if (called is null)
                    throw NoReport(destination, "before it ended the association", NeedsPort);
            }
        }
        finally
        {
            await late.CancelAsync().ConfigureAwait(false);
            await association.ReleaseAsync(here).ConfigureAwait(false);
        }
    }

    private static async Task<CommitmentReport> OnAssociationAsync(DicomAssociation association, string transaction, PresentationContext context, TimeSpan waitTime)
    {
        var syntax = DicomTransferSyntax.Lookup(context.AcceptedTransferSyntax!);
        // One time limit for everything that arrives. Requests without end do not make it longer.
        var deadline = association.DeadlineIn(waitTime + TimeSpan.FromSeconds(5));
        while (true)
        {
            var message = await association.NextRequestAsync(deadline, "waiting for the report of storage commitment").ConfigureAwait(false);
            var isReport = message.Command.IsCommitmentReport && message.ContextId == context.Id;
            var report = isReport ? TryDecode(message.Dataset, syntax) : null;
            var isOurs = report?.TransactionUid == transaction;
            var response = new DimseCommand
            {
                Field = (CommandField)((ushort)message.Command.Field | 0x8000), RespondedTo = message.Command.MessageId, TypeId = message.Command.TypeId,
                SopClassUid = DicomUID.StorageCommitment, SopInstanceUid = Instance,
                Status = isOurs ? DicomStatus.Success : message.Command.Field == CommandField.EventReportRequest ? DicomStatus.ProcessingFailure : DicomStatus.UnrecognizedOperation,
            };
            try
            {
                await association.RespondAsync(message.ContextId, response).ConfigureAwait(false);
            }
            catch (DicomNetworkException) when (isOurs)
            {
                // The archive did not wait for the response. Its report is valid all the same.
            }
            if (isOurs)
                return report!;
        }
    }

    private static CommitmentReport? TryDecode(byte[] dataset, DicomTransferSyntax syntax)
    {
        try
        {
            return CommitmentReport.Decode(dataset, syntax);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static DicomNetworkException NoReport(DicomDestination destination, string when, string hint)
        => new(DicomNetworkError.NoReport, $"{destination} took the request for storage commitment, but sent no report {when}. {hint}", RetryAdvice.Never);
}
