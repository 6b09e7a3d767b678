using System.Threading.Channels;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Confirmation;

namespace FlywheelDicom.Unit.Transfer;

public class CommitmentJobTests
{
    private static DicomSendResult Sent(int port, int number, DicomSendStatus status = DicomSendStatus.Sent) => new()
    {
        Name = $"{number}", Origin = new DicomOrigin { FileName = "x" }, SopClassUid = SyntheticInstance.CTImage, SopInstanceUid = $"1.2.{number}", StudyInstanceUid = "1.2",
        SeriesInstanceUid = "1.3", Status = status, Destination = new DicomDestination { Host = "127.0.0.1", Port = port, CalledAE = "PEER" },
    };

    private static async Task<List<DicomSendResult>> AskAsync(IEnumerable<DicomSendResult> results, int batchSize = 1000, DicomClientOptions? client = null)
    {
        var input = Channel.CreateUnbounded<DicomSendResult>();
        foreach (var result in results)
            input.Writer.TryWrite(result);
        input.Writer.Complete();
        var answered = new List<DicomSendResult>();
        var options = new ConfirmationOptions { BatchSize = batchSize, Client = client ?? new() };
        await new CommitmentJob(options, r =>
        {
            lock (answered)
                answered.Add(r);
            return default;
        }, _ => { }, default).RunAsync(input.Reader).WaitAsync(TimeSpan.FromSeconds(30));
        return answered;
    }

    [Fact]
    public async Task Each_result_is_answered_once_in_batches_and_failures_pass()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Commitment = uid => uid == "1.2.7" ? 0x0110 : null });
        var answered = await AskAsync(Enumerable.Range(1, 25).Select(i => Sent(peer.Port, i, i == 5 ? DicomSendStatus.Failed : DicomSendStatus.Sent)), batchSize: 10);
        Assert.Equal(Enumerable.Range(1, 25), answered.Select(r => int.Parse(r.Name, null)).Order());
        Assert.Equal(3, peer.ReportsConfirmed);
        Assert.Equal(23, answered.Count(r => r is { Confirmation: DicomConfirmation.Committed, Status: DicomSendStatus.Sent }));
        Assert.Equal((DicomSendStatus.Failed, null), (answered.Single(r => r.Name == "5").Status, answered.Single(r => r.Name == "5").Confirmation));
        Assert.Equal((DicomSendStatus.Failed, ConfirmationOutcome.NotCommitted), (answered.Single(r => r.Name == "7").Status, answered.Single(r => r.Name == "7").ErrorId));
    }

    [Fact]
    public async Task Archive_that_is_busy_for_a_moment_is_asked_again()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Commitment = _ => null, Reject = n => n <= 2 ? [3, 0, 0, 0, 0, 4, 0, 2, 3, 1] : null });
        Assert.Equal([DicomConfirmation.Committed], (await AskAsync([Sent(peer.Port, 1)])).Select(r => r.Confirmation!.Value));
    }

    [Fact]
    public async Task Archive_that_aborts_or_is_silent_confirms_nothing()
    {
        using var silent = new ScriptedPeer(new PeerBehaviour { Ignore = _ => true });
        var answered = await AskAsync([Sent(silent.Port, 1), Sent(silent.Port, 2)], client: Timers.ShortAssociation);
        Assert.All(answered, r => Assert.Equal((DicomSendStatus.Failed, DicomConfirmation.NotAnswered, "DicomResponseTimeout"), (r.Status, r.Confirmation, r.ErrorId)));
    }
}
