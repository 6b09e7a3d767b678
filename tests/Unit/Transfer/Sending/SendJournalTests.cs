using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer.Sending;

public sealed class SendJournalTests : IDisposable
{
    private static readonly DicomDestination s_destination = new() { Host = "PACS", Port = 104, CalledAE = "AE" };
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"fwdicom-journal-{Guid.NewGuid():N}.tsv");

    public void Dispose() => File.Delete(_path);

    private static DicomFile Instance(int rows = 16) => MemorySource.Read(new SyntheticInstance { Rows = rows }.ToArray())!;

    private static DicomSendResult Result(DicomSendStatus status = DicomSendStatus.Sent) => new()
    {
        Name = "x", Origin = new DicomOrigin { FileName = "x" }, SopClassUid = "1.2", SopInstanceUid = Instance().SopInstanceUid, Status = status, Destination = s_destination, Bytes = 7,
    };

    /// <summary>What one line says, and whether the instance counts as stored afterwards.</summary>
    [Theory]
    [InlineData(DicomSendStatus.Sent, 0x0000, DicomSendJournalNote.None, true)]
    [InlineData(DicomSendStatus.Warning, 0xB000, DicomSendJournalNote.None, true)]
    [InlineData(DicomSendStatus.Failed, 0xA700, DicomSendJournalNote.None, false)]
    [InlineData(DicomSendStatus.Warning, 0x0111, DicomSendJournalNote.None, false)]
    [InlineData(DicomSendStatus.Warning, 0x0111, DicomSendJournalNote.AnswerLost, true)]
    [InlineData(DicomSendStatus.Sent, null, DicomSendJournalNote.None, true)]
    public void Line_counts_for_what_it_proves(DicomSendStatus status, int? code, DicomSendJournalNote note, bool isStored)
    {
        using (var journal = SendJournal.Open(_path, s_destination))
        {
            journal.Add(Result(status) with { DicomStatus = code is { } given ? new DicomStatus((ushort)given) : null }, Instance().ComputeDigest(), note);
            Assert.Equal(0, journal.Accepted);
        }
        using var again = SendJournal.Open(_path, s_destination);
        Assert.Equal(isStored ? 1 : 0, again.Accepted);
        Assert.Equal(isStored ? Instance().ComputeDigest() : null, again.DigestIfAccepted(Instance()));
        var entry = JournalLine.Read(_path, _ => { }).Single();
        Assert.Equal(("AE@pacs:104", "1.2", 7, status, (ushort?)code, note), (entry.Destination, entry.SopClassUid, entry.Bytes, entry.Status, entry.DicomStatus, entry.Note));
        Assert.Equal(status == DicomSendStatus.Failed ? "" : Instance().ComputeDigest(), entry.Digest);
    }

    [Fact]
    public void Without_a_digest_or_a_UID_nothing_is_known()
    {
        using (var journal = SendJournal.Open(_path, s_destination))
        {
            journal.Add(Result(), null);
            journal.Add(Result() with { SopInstanceUid = null }, "AB");
        }
        Assert.Single(JournalLine.Read(_path, _ => { }));
        using var again = SendJournal.Open(_path, s_destination);
        Assert.Equal(0, again.Accepted);
        Assert.Null(again.DigestIfAccepted(Instance()));
    }

    /// <summary>Which contents of one UID are believed to be there, after lines with these (one with + says that another had its UID).</summary>
    [Theory]
    [InlineData("16", "16")]
    [InlineData("16 17", "17")]
    [InlineData("16 17+", "16 17")]
    [InlineData("16 17+ 18+", "16 17 18")]
    [InlineData("16 17+ 18", "18")]
    [InlineData("16+", "16")]
    [InlineData("16 17+ 16", "16")]
    public void Contents_of_one_UID_are_those_of_the_last_run(string lines, string expected)
    {
        using (var journal = SendJournal.Open(_path, s_destination))
        {
            foreach (var line in lines.Split(' '))
                journal.Add(Result() with { SameUidAs = line.EndsWith('+') ? "other" : null }, Instance(int.Parse(line[..2], System.Globalization.CultureInfo.InvariantCulture)).ComputeDigest());
        }
        using var again = SendJournal.Open(_path, s_destination);
        Assert.Equal(expected, string.Join(' ', new[] { 16, 17, 18, 19 }.Where(rows => again.DigestIfAccepted(Instance(rows)) is not null)));
        Assert.Equal(1, again.Accepted);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Time\tDest")]
    [InlineData(JournalLine.Header)]
    [InlineData(JournalLine.FormerHeader)]
    public void Beginning_that_a_crash_has_left_is_begun_again(string left)
    {
        File.WriteAllText(_path, left);
        SendJournal.Open(_path, s_destination).Dispose();
        Assert.Equal(JournalLine.Header + "\n", File.ReadAllText(_path));
    }

    [Theory]
    [InlineData("Time\tDest\n")]
    [InlineData("Tim\tDest")]
    [InlineData("x")]
    public void What_only_looks_like_one_is_left_as_it_is(string text)
    {
        File.WriteAllText(_path, text);
        Assert.Equal("JournalUnusable", Assert.Throws<JournalException>(() => SendJournal.Open(_path, s_destination)).ErrorId);
        Assert.Equal(text, File.ReadAllText(_path));
        Assert.False(File.Exists(_path + ".lock"));
    }

    [Fact]
    public void Journal_of_an_earlier_version_is_gone_on_with()
    {
        File.WriteAllText(_path, JournalLine.FormerHeader + "\n");
        using (var journal = SendJournal.Open(_path, s_destination))
            journal.Add(Result(), Instance().ComputeDigest());
        Assert.StartsWith(JournalLine.FormerHeader + "\n", File.ReadAllText(_path), StringComparison.Ordinal);
        Assert.Single(JournalLine.Read(_path, _ => { }));
    }

    [Fact]
    public void Lock_is_waited_for_and_given_back()
    {
        var time = new SkippingTime();
        using (SendJournal.Open(_path, s_destination))
        {
            Assert.True(File.Exists(_path + ".lock"));
            Assert.Equal("JournalInUse", Assert.Throws<JournalException>(() => SendJournal.Open(_path, s_destination, time)).ErrorId);
            Assert.InRange(time.GetElapsedTime(0).TotalSeconds, 2.0, 2.2);
        }
        Assert.False(File.Exists(_path + ".lock"));
        var journal = SendJournal.Open(_path, s_destination);
        journal.Dispose();
        journal.Dispose();
    }

    [Fact]
    public void Journal_that_cannot_be_made_is_told()
    {
        var e = Assert.Throws<JournalException>(() => SendJournal.Open(Path.Combine(_path, "no", "such.tsv"), s_destination));
        Assert.Equal("JournalUnusable", e.ErrorId);
        Assert.IsType<DirectoryNotFoundException>(e.InnerException);
        Assert.Throws<ArgumentNullException>(() => SendJournal.Open(_path, null!));
        using var journal = SendJournal.Open(_path, s_destination);
        Assert.Throws<ArgumentNullException>(() => journal.Add(null!, null));
        Assert.Throws<ArgumentNullException>(() => journal.DigestIfAccepted(null!));
    }
}
