using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>What "I have an instance of this UID already" (0111) makes of a result and of a journal.</summary>
public sealed class DuplicateAnswerTests : IDisposable
{
    private const string NotShown = "the archive says that it already has an instance of this UID; whether it is the same was not shown";

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"fwdicom-journal-{Guid.NewGuid():N}.tsv");

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(0xA700)]
    [InlineData(0xC000)]
    [InlineData(0x0110)]
    [InlineData(0x0111)]
    public async Task After_a_refusal_it_is_a_warning_that_is_never_skipped_later(int before)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Status = n => n == 1 ? before : 0x0111 });
        for (var run = 0; run < 2; run++)
        {
            var result = (await JobRun.SendWithJournalAsync(peer.Port, _path, new StoreOptions(), JobRun.File(1))).Single();
            Assert.Equal((DicomSendStatus.Warning, (ushort)0x0111), (result.Status, result.DicomStatus!.Value.Code));
            Assert.Contains(NotShown, result.Reason, StringComparison.Ordinal);
        }
        Assert.All(JournalLine.Read(_path, _ => { }), line => Assert.Equal("", line.Digest));
    }

    [Fact]
    public async Task After_a_loss_in_mid_data_it_is_a_warning_that_is_never_skipped_later()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Interrupt = n => n == 1 ? PeerReaction.Reset : null, Status = _ => 0x0111 });
        // More than sockets hold for a peer that does not read: it has not all left.
        var large = new SyntheticInstance { Rows = 3200, Columns = 3200 }.ToArray();
        for (var run = 0; run < 2; run++)
        {
            var result = (await JobRun.SendWithJournalAsync(peer.Port, _path, new StoreOptions(), MemorySource.Read(large)!)).Single();
            Assert.Equal(DicomSendStatus.Warning, result.Status);
            Assert.Contains(NotShown, result.Reason, StringComparison.Ordinal);
        }
    }

    /// <summary>Its own answer was lost, but what is there under its UID may be the one before it.</summary>
    [Fact]
    public async Task After_another_of_the_same_UID_it_is_never_skipped_later()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Status = n => n switch { 1 => 0, 2 => int.MinValue, _ => 0x0111 } });
        var first = await JobRun.SendWithJournalAsync(peer.Port, _path, new StoreOptions(), JobRun.File(1), JobRun.File(1, rows: 17));
        // Which of the two goes first is not promised.
        Assert.Equal([DicomSendStatus.Sent, DicomSendStatus.Warning], first.Select(r => r.Status).Order());
        var second = await JobRun.SendWithJournalAsync(peer.Port, _path, new StoreOptions(), JobRun.File(1), JobRun.File(1, rows: 17));
        Assert.Equal(first.Select(r => r.Status == DicomSendStatus.Sent ? DicomSendStatus.Skipped : DicomSendStatus.Warning), second.Select(r => r.Status));
    }

    /// <summary>Lines of an earlier version, which took it for our own storing wherever there had been an earlier try.</summary>
    [Theory]
    [InlineData("Sent")]
    [InlineData("Warning")]
    public void Line_of_an_earlier_version_is_not_believed(string status)
    {
        var destination = JobRun.At(104);
        var file = JobRun.File(1);
        string Line(string code)
        {
            var line = $"2026-01-01T00:00:00.000Z\tPEER@127.0.0.1:104\t{file.SopClassUid}\t{file.SopInstanceUid}\t{file.ComputeDigest()}\t100\t{status}\t{code}";
            return $"{line}\t{System.IO.Hashing.Crc32.HashToUInt32(System.Text.Encoding.UTF8.GetBytes(line)):X8}\n";
        }
        const string header = "Time\tDestination\tSopClassUid\tSopInstanceUid\tDigest\tBytes\tStatus\tDicomStatus\tCheck\n";
        File.WriteAllText(_path, header + Line("0111"));
        using (var journal = SendJournal.Open(_path, destination))
            Assert.Null(journal.DigestIfAccepted(file));
        File.WriteAllText(_path, header + Line("0000"));
        using (var journal = SendJournal.Open(_path, destination))
            Assert.NotNull(journal.DigestIfAccepted(file));
    }
}
