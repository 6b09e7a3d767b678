using FlywheelDicom.Network.Scu;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>What the tries of one instance come to, without a network.</summary>
public sealed class InstanceSenderTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"fwdicom-journal-{Guid.NewGuid():N}.tsv");

    public void Dispose() => File.Delete(_path);

    private static DicomNetworkException Lost(bool wasSent)
        => new(DicomNetworkError.ConnectionLost, "The connection was lost.", RetryAdvice.BackOff) { WasDatasetSent = wasSent };

    private static DicomResponse Answer(DicomFile file, ushort status)
        => new(new DicomStatus(status), null, SyntheticInstance.Explicit, 100) { Digest = file.ComputeDigest() };

    private static InstanceSender Sender(SendJournal? journal = null)
        => new(JobRun.At(104), new StoreOptions { Time = new SkippingTime(), Journal = journal }, _ => { }, default);

    /// <summary>One instance, with what each try comes to: a status, -1 for a loss of which the whole had left, -2 for one in mid-data.</summary>
    private static async Task<DicomSendResult> SendAsync(InstanceSender sender, DicomFile file, params int[] tries)
    {
        var number = 0;
        return (await sender.SendAsync(f => tries[number++] switch
        {
            -1 => Task.FromException<DicomResponse>(Lost(wasSent: true)),
            -2 => Task.FromException<DicomResponse>(Lost(wasSent: false)),
            var status => Task.FromResult(Answer(f, (ushort)status)),
        }, file, AssociationRole.First))!;
    }

    [Theory]
    [InlineData(true, -1, 0x0111)]
    [InlineData(true, -2, -1, 0x0111)]
    [InlineData(true, -1, -2, 0x0111)]
    [InlineData(true, -1, 0xA700, 0x0111)]
    [InlineData(false, 0x0111)]
    [InlineData(false, -2, 0x0111)]
    [InlineData(false, 0xA700, 0x0111)]
    [InlineData(false, 0xC000, 0x0111)]
    [InlineData(false, -2, 0xA701, -2, 0x0111)]
    public async Task Already_there_is_a_warning_and_speaks_of_ours_only_where_all_of_it_had_left(bool isStored, params int[] tries)
    {
        var file = JobRun.File(1);
        DicomSendResult result;
        using (var journal = SendJournal.Open(_path, JobRun.At(104)))
            result = await SendAsync(Sender(journal), file, tries);
        Assert.Equal((DicomSendStatus.Warning, (ushort)0x0111, tries.Length), (result.Status, result.DicomStatus!.Value.Code, result.Attempts));
        var said = isStored ? "the answer to an earlier try was lost; the archive now says that it has this instance"
            : "the archive says that it already has an instance of this UID; whether it is the same was not shown";
        Assert.Contains(said, result.Reason, StringComparison.Ordinal);
        using var again = SendJournal.Open(_path, JobRun.At(104));
        Assert.Equal(isStored, again.DigestIfAccepted(file) is not null);
        var line = JournalLine.Read(_path, _ => { }).Single();
        Assert.Equal((isStored ? file.ComputeDigest() : "", isStored), (line.Digest, line.Note == DicomSendJournalNote.AnswerLost));
    }

    [Fact]
    public async Task Second_content_of_a_uid_is_told_with_the_name_of_the_first()
    {
        var sender = Sender();
        DicomFile Named(string name, int rows) => JobRun.File(1, rows, name: name);
        Assert.Null((await SendAsync(sender, Named("a", 16), 0)).SameUidAs);
        Assert.Null((await SendAsync(sender, JobRun.File(2, name: "b"), 0)).SameUidAs);
        var failed = await SendAsync(sender, JobRun.File(3, name: "c"), 0xA900);
        Assert.Equal((null, null), (failed.SameUidAs, (await SendAsync(sender, JobRun.File(3, name: "d"), 0)).SameUidAs));
        // Their lengths are equal in these answers: without a digest nobody knows.
        sender = new InstanceSender(JobRun.At(104), new StoreOptions(), _ => { }, default);
        Task<DicomResponse> Store(DicomFile file, long bytes) => Task.FromResult(new DicomResponse(DicomStatus.Success, null, SyntheticInstance.Explicit, bytes));
        async Task<DicomSendResult> SendOfLengthAsync(string name, long bytes) => (await sender.SendAsync(f => Store(f, bytes), Named(name, 16), AssociationRole.First))!;
        await SendOfLengthAsync("first", 100);
        var (same, longer) = (await SendOfLengthAsync("second", 100), await SendOfLengthAsync("third", 102));
        Assert.Equal(("first", null), (same.SameUidAs, same.HasOtherContent));
        Assert.Equal(("first", true), (longer.SameUidAs, longer.HasOtherContent));
        Assert.Equal(("first", false), ((await SendOfLengthAsync("first", 100)).SameUidAs, (await SendOfLengthAsync("first", 100)).HasOtherContent));
    }

    [Fact]
    public async Task Digests_tell_whether_the_content_is_the_same()
    {
        using var journal = SendJournal.Open(_path, JobRun.At(104));
        var sender = Sender(journal);
        await SendAsync(sender, JobRun.File(1, name: "a"), 0);
        Assert.Equal(("a", false), (await SendAsync(sender, JobRun.File(1, name: "b"), 0)) is var twin ? (twin.SameUidAs, twin.HasOtherContent) : default);
        Assert.Equal(("a", true), (await SendAsync(sender, JobRun.File(1, rows: 17, name: "c"), 0)) is var other ? (other.SameUidAs, other.HasOtherContent) : default);
        Assert.Equal(("a", true), (await SendAsync(sender, JobRun.File(1, rows: 17, name: "d"), 0x0111)) is var there ? (there.SameUidAs, there.HasOtherContent) : default);
    }
}
