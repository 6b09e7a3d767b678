using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Scu;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// Finds what a destination would do with instances, and sends none. Contexts are proposed, and syntaxes chosen, by the same client
/// that sends. An instance that would be converted is converted once, to nowhere, since some cannot be.
/// </summary>
internal sealed class StoreTrial : IAsyncDisposable
{
    private readonly DicomDestination _destination;
    private readonly CancellationToken _cancellation;
    private readonly DicomClient _client;
    private readonly Dictionary<StoreNeed, Answer> _answers = [];
    private readonly Dictionary<Kind, DicomStoreTestResult> _rows = [];
    private readonly List<Kind> _inOrder = [];

    /// <param name="destination">The peer, and both AE titles.</param>
    /// <param name="options">Timers and limits.</param>
    /// <param name="cancellation">Aborts at once.</param>
    public StoreTrial(DicomDestination destination, DicomClientOptions options, CancellationToken cancellation)
        => (_destination, _cancellation, _client) = (destination, cancellation, new DicomClient(destination, options, cancellation));

    /// <summary>A row for each kind of instance, in the order in which they were met.</summary>
    public IReadOnlyList<DicomStoreTestResult> Rows => [.. _inOrder.Select(k => _rows[k])];

    /// <summary>Associations that were needed so far.</summary>
    public int Associations => _client.Associations;

    /// <summary>Counts an instance by what would become of it.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public async Task AddAsync(DicomFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.ProblemDetail is { } problem)
        {
            Count(file, new Answer(DicomStoreOutcome.Problem, null, problem.Id, problem.Message));
            return;
        }
        var need = new StoreNeed(file.SopClassUid!, file.TransferSyntaxUid!);
        if (!_answers.TryGetValue(need, out var answer))
            _answers[need] = answer = await NegotiateAsync(file).ConfigureAwait(false);
        Count(file, answer.Outcome == DicomStoreOutcome.Converted ? Converted(file, answer) : answer);
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private async Task<Answer> NegotiateAsync(DicomFile file)
    {
        try
        {
            var syntax = await _client.NegotiateAsync(file).ConfigureAwait(false);
            return new Answer(syntax == file.TransferSyntaxUid ? DicomStoreOutcome.SentAsIs : DicomStoreOutcome.Converted, syntax, null, null);
        }
        catch (DicomNetworkException e) when (!_cancellation.IsCancellationRequested)
        {
            var failure = InstanceFailure.Of(e);
            return new Answer(DicomStoreOutcome.Refused, null, failure.ErrorId, failure.Reason);
        }
    }

    private Answer Converted(DicomFile file, Answer answer)
    {
        try
        {
            _cancellation.ThrowIfCancellationRequested();
            InstanceSending.ReadAs(file, answer.SentAs!);
            return answer;
        }
        catch (Exception e) when (e is not OperationCanceledException || !_cancellation.IsCancellationRequested)
        {
            var failure = InstanceFailure.Of(e);
            var outcome = failure.ErrorId == DicomProblem.NotConvertible ? DicomStoreOutcome.Refused : DicomStoreOutcome.Problem;
            return new Answer(outcome, null, failure.ErrorId, failure.Reason);
        }
    }

    /// <summary>What has a problem is counted by the problem, whatever it is an instance of.</summary>
    private void Count(DicomFile file, Answer answer)
    {
        var isProblem = answer.Outcome == DicomStoreOutcome.Problem;
        var kind = new Kind(isProblem ? null : file.SopClassUid, isProblem ? null : file.TransferSyntaxUid, answer.Outcome, answer.ErrorId);
        if (!_rows.TryGetValue(kind, out var row))
        {
            _inOrder.Add(kind);
            row = new DicomStoreTestResult
            {
                Destination = _destination, SopClassUid = kind.SopClassUid, TransferSyntaxUid = kind.TransferSyntaxUid, Outcome = answer.Outcome,
                SentAsUid = answer.SentAs, ErrorId = answer.ErrorId, Reason = answer.Reason,
            };
        }
        _rows[kind] = row with { Count = row.Count + 1, Bytes = row.Bytes + file.Length };
    }

    private readonly record struct Answer(DicomStoreOutcome Outcome, string? SentAs, string? ErrorId, string? Reason);

    private readonly record struct Kind(string? SopClassUid, string? TransferSyntaxUid, DicomStoreOutcome Outcome, string? ErrorId);
}
