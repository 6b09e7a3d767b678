using System.Diagnostics;
using System.Threading.Channels;
using FlywheelDicom.IO;
using FlywheelDicom.Network;
using Polly;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// Sends a stream of instances to one destination over one or more associations. Each instance that enters leaves as exactly one
/// result; what one of them does to an association costs the others nothing but a new one.
/// </summary>
public sealed class StoreJob
{
    private static readonly TimeSpan s_gather = TimeSpan.FromMilliseconds(15);

    private readonly DicomDestination _destination;
    private readonly StoreOptions _options;
    private readonly Func<DicomSendResult, ValueTask> _emit;
    private readonly Action<string> _verbose;
    private readonly CancellationToken _cancellation;
    private readonly DestinationHealth _health = new();

    /// <summary>Instances that a worker handed back because the destination gave it no association of its own.</summary>
    private readonly Channel<DicomFile> _returned = Channel.CreateUnbounded<DicomFile>();
    private readonly Channel<DicomFile> _staged = Channel.CreateBounded<DicomFile>(DicomClient.Horizon);
    private DicomClient[] _clients = [];
    private int _working;

    /// <param name="destination">Who is called, and as whom.</param>
    /// <param name="options">How.</param>
    /// <param name="emit">Takes each result; its wait slows the sending down.</param>
    /// <param name="verbose">Told of retries and associations.</param>
    /// <param name="cancellation">Aborts at once.</param>
    public StoreJob(DicomDestination destination, StoreOptions options, Func<DicomSendResult, ValueTask> emit, Action<string> verbose, CancellationToken cancellation)
        => (_destination, _options, _emit, _verbose, _cancellation) = (destination, options, emit, verbose, cancellation);

    /// <summary>Sends until the input is complete. What enters was claimed (<see cref="DicomFile.Claim"/>); it is released with its result.</summary>
    public async Task RunAsync(ChannelReader<DicomFile> input)
    {
        _clients = [.. Enumerable.Range(0, _options.MaxAssociations).Select(_ => new DicomClient(_destination, _options.Client, _cancellation))];
        _working = _clients.Length;
        var staging = StageAsync(input);
        var others = Enumerable.Range(1, _clients.Length - 1).Select(i => Task.Run(() => WorkAsync(_staged.Reader, _clients[i], mayReturn: true))).ToArray();
        await WorkAsync(_staged.Reader, _clients[0], mayReturn: false).ConfigureAwait(false);
        await Task.WhenAll(others).ConfigureAwait(false);
        await staging.ConfigureAwait(false);
        // What was handed back after the first worker had seen the end.
        _returned.Writer.Complete();
        await WorkAsync(_returned.Reader, _clients[0], mayReturn: false).ConfigureAwait(false);
    }

    /// <summary>A little ahead of the workers, so that they know what to negotiate for.</summary>
    private async Task StageAsync(ChannelReader<DicomFile> input)
    {
        try
        {
            await foreach (var file in input.ReadAllAsync(_cancellation).ConfigureAwait(false))
            {
                Array.ForEach(_clients, c => c.Expect(file));
                await _staged.Writer.WriteAsync(file, _cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            _staged.Writer.Complete();
        }
    }

    /// <summary>
    /// Calls the destination before anything is read: a wrong host, port or AE title is found here. What may heal is given a
    /// few seconds, transient rejections the whole retry time.
    /// </summary>
    /// <exception cref="DicomNetworkException">It cannot be used.</exception>
    public static async Task<DicomEcho> CheckAsync(
        DicomDestination destination, StoreOptions options, Action<string> verbose, CancellationToken cancellation)
    {
        var started = Stopwatch.StartNew();
        var delay = TimeSpan.FromMilliseconds(250);
        while (true)
        {
            try
            {
                var client = new DicomClient(destination, options.Client, cancellation);
                await using (client.ConfigureAwait(false))
                    return await client.EchoAsync().ConfigureAwait(false);
            }
            catch (DicomNetworkException e) when (IsTransient(e) && started.Elapsed + delay < Patience(e, options.RetryTime))
            {
                verbose($"Trying again in {delay.TotalSeconds:0.0} s: {e.Message}");
            }
            await Task.Delay(delay, cancellation).ConfigureAwait(false);
            delay = TimeSpan.FromSeconds(Math.Min(30, delay.TotalSeconds * 2));
        }
    }

    private static bool IsTransient(DicomNetworkException e)
        => e.Retry == RetryAdvice.BackOff && e.Error is not (DicomNetworkError.HostNotFound or DicomNetworkError.ConnectTimeout or DicomNetworkError.ResponseTimeout);

    private static TimeSpan Patience(DicomNetworkException e, TimeSpan retryTime)
    {
        var few = TimeSpan.FromSeconds(2);
        return e is DicomAssociationRejectedException || retryTime < few ? retryTime : few;
    }

    private async Task WorkAsync(ChannelReader<DicomFile> input, DicomClient client, bool mayReturn)
    {
        await using var _ = client.ConfigureAwait(false);
        var retry = StoreRetry.Create(_options.RetryTime, _verbose);
        while (await NextAsync(input).ConfigureAwait(false) is { } file)
        {
            // A further negotiation is due: what comes within the blink of an eye can have its contexts too.
            if (client.Associations > 0 && file.ProblemDetail is null && !client.IsReadyFor(file))
                await Task.Delay(s_gather, _cancellation).ConfigureAwait(false);
            if (await SendAsync(client, retry, file, mayReturn).ConfigureAwait(false) is var (result, digest))
            {
                file.Release();
                await _emit(Journalled(result, digest)).ConfigureAwait(false);
                continue;
            }
            _verbose($"{_destination} takes fewer associations than {_options.MaxAssociations}; going on with {Interlocked.Decrement(ref _working)}.");
            await _returned.Writer.WriteAsync(file, _cancellation).ConfigureAwait(false);
            break;
        }
        await client.CloseAsync().ConfigureAwait(false);
        if (client.Associations > 1)
            _verbose($"{client.Associations} associations with {_destination} were made one after the other.");
    }

    private async ValueTask<DicomFile?> NextAsync(ChannelReader<DicomFile> input)
    {
        if (_returned.Reader.TryRead(out var file) || input.TryRead(out file))
            return file;
        return await input.WaitToReadAsync(_cancellation).ConfigureAwait(false) && input.TryRead(out file) ? file : await AgainAsync(input).ConfigureAwait(false);
    }

    /// <summary>Another worker was quicker; or the input is complete.</summary>
    private async ValueTask<DicomFile?> AgainAsync(ChannelReader<DicomFile> input)
    {
        while (await input.WaitToReadAsync(_cancellation).ConfigureAwait(false))
        {
            if (input.TryRead(out var file))
                return file;
        }
        return null;
    }

    /// <summary>One instance to its end; null where it must be handed back.</summary>
    private async Task<(DicomSendResult Result, string? Digest)?> SendAsync(DicomClient client, ResiliencePipeline<DicomResponse> retry, DicomFile file, bool mayReturn)
    {
        if (file.ProblemDetail is { } problem)
            return (Failed(file, problem.Id, problem.Message, new StoreAttempts(), TimeSpan.Zero), null);
        if (IsStoredAlready(file))
            return (Skipped(file), null);
        var attempts = new StoreAttempts();
        var started = Stopwatch.GetTimestamp();
        var (down, isProbe) = _health.Check();
        if (down is not null)
            return (Failed(file, down.ErrorId, $"Not tried: {down.Message}", attempts, TimeSpan.Zero), null);
        try
        {
            if (isProbe || (mayReturn && client.Associations == 0))
                attempts.Deadline = Environment.TickCount64;
            var response = await StoreRetry.ExecuteAsync(retry, attempts, () => client.StoreAsync(file), _cancellation).ConfigureAwait(false);
            _health.Succeeded();
            return (Answered(file, response, attempts, Stopwatch.GetElapsedTime(started)), response.Digest);
        }
        catch (DicomNetworkException e)
        {
            if (mayReturn && client.Associations == 0 && e.Error is not DicomNetworkError.ContextRefused)
                return null;
            _health.Failed(e);
            return (Failed(file, e.ErrorId, e.Message, attempts, Stopwatch.GetElapsedTime(started)), null);
        }
        catch (DicomFormatException e)
        {
            var id = e.IsTruncated ? DicomProblem.Truncated : DicomProblem.Unreadable;
            return (Failed(file, id, e.Message, attempts, Stopwatch.GetElapsedTime(started)), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException)
        {
            return (Failed(file, DicomProblem.Unreadable, $"The source cannot be read: {e.Message}", attempts, Stopwatch.GetElapsedTime(started)), null);
        }
    }

    /// <summary>Whether the journal knows it, with these bytes. One that cannot be read is left for the sending to tell.</summary>
    private bool IsStoredAlready(DicomFile file)
    {
        try
        {
            return _options.Journal?.HasAccepted(file) == true;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Written down before it is let out. What the journal cannot take is still the truth; the result says that it will be sent again.</summary>
    private DicomSendResult Journalled(DicomSendResult result, string? digest)
    {
        if (_options.Journal is null || result.Status == DicomSendStatus.Skipped)
            return result;
        try
        {
            _options.Journal.Add(result, digest);
            return result;
        }
        catch (IOException e)
        {
            return result with { ErrorId = result.ErrorId ?? DicomSendResult.JournalNotWritten, Reason = $"{result.Reason} It could not be written to the journal: {e.Message}".TrimStart() };
        }
    }

    private DicomSendResult Answered(DicomFile file, DicomResponse response, StoreAttempts attempts, TimeSpan duration)
    {
        var state = response.Status.State;
        // Sent again because an answer was lost, "already there" is what was hoped for.
        var isEcho = response.Status == DicomStatus.DuplicateSopInstance && attempts.Count > 1;
        var status = state == DicomState.Success || isEcho ? DicomSendStatus.Sent : state == DicomState.Warning ? DicomSendStatus.Warning : DicomSendStatus.Failed;
        return new DicomSendResult
        {
            Name = file.Name, Origin = file.Origin, SopClassUid = file.SopClassUid, SopInstanceUid = file.SopInstanceUid, Status = status,
            DicomStatus = response.Status, TransferSyntaxUid = response.TransferSyntaxUid, Attempts = attempts.Count, Bytes = response.Bytes,
            Duration = duration, Destination = _destination, ErrorComment = response.ErrorComment,
            Reason = status == DicomSendStatus.Sent ? null : response.Status.ToString(),
            ErrorId = status == DicomSendStatus.Failed ? "DicomStoreFailed" : null,
        };
    }

    private DicomSendResult Skipped(DicomFile file) => new()
    {
        Name = file.Name, Origin = file.Origin, SopClassUid = file.SopClassUid, SopInstanceUid = file.SopInstanceUid, Status = DicomSendStatus.Skipped,
        Destination = _destination, Reason = "An earlier run has stored it there, as the journal says.",
    };

    private DicomSendResult Failed(DicomFile file, string errorId, string reason, StoreAttempts attempts, TimeSpan duration) => new()
    {
        Name = file.Name, Origin = file.Origin, SopClassUid = file.SopClassUid, SopInstanceUid = file.SopInstanceUid, Status = DicomSendStatus.Failed,
        Attempts = attempts.Count, Duration = duration, Destination = _destination, Reason = reason, ErrorId = errorId,
    };
}
