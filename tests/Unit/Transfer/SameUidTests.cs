using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>Several contents under one SOP Instance UID, as devices with a bad clock make them.</summary>
public sealed class SameUidTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"fwdicom-journal-{Guid.NewGuid():N}.tsv");

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Journal_settles_after_one_run(int associations)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour());
        var options = new StoreOptions { MaxAssociations = associations };
        DicomFile[] Files() => [JobRun.File(1), JobRun.File(1, rows: 17), JobRun.File(2)];
        Assert.All(await JobRun.SendWithJournalAsync(peer.Port, _path, options, Files()), r => Assert.Equal(DicomSendStatus.Sent, r.Status));
        for (var run = 0; run < 3; run++)
            Assert.All(await JobRun.SendWithJournalAsync(peer.Port, _path, options, Files()), r => Assert.Equal(DicomSendStatus.Skipped, r.Status));
        Assert.Equal(3, peer.Stores);
    }

    [Fact]
    public async Task Journal_settles_where_the_second_content_comes_in_a_later_run()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour());
        await JobRun.SendWithJournalAsync(peer.Port, _path, new StoreOptions(), JobRun.File(1));
        DicomFile[] Files() => [JobRun.File(1), JobRun.File(1, rows: 17)];
        var second = await JobRun.SendWithJournalAsync(peer.Port, _path, new StoreOptions(), Files());
        Assert.Equal([DicomSendStatus.Skipped, DicomSendStatus.Sent], second.Select(r => r.Status));
        for (var run = 0; run < 2; run++)
            Assert.All(await JobRun.SendWithJournalAsync(peer.Port, _path, new StoreOptions(), Files()), r => Assert.Equal(DicomSendStatus.Skipped, r.Status));
    }

    /// <summary>Once the other content has replaced the first at the archive, the first is no longer known to be there.</summary>
    [Fact]
    public async Task Content_that_came_back_is_sent_again()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour());
        foreach (var rows in new[] { 16, 17, 16 })
        {
            var result = (await JobRun.SendWithJournalAsync(peer.Port, _path, new StoreOptions(), JobRun.File(1, rows))).Single();
            Assert.Equal(DicomSendStatus.Sent, result.Status);
        }
    }
}
