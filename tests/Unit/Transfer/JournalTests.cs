using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

public sealed class JournalTests : IDisposable
{
    private static readonly DicomDestination s_destination = new() { Host = "PACS.local", Port = 104, CalledAE = "PACS" };
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"fwdicom-journal-{Guid.NewGuid():N}.tsv");

    public void Dispose() => File.Delete(_path);

    private static DicomFile Instance(int number, int rows = 16)
        => MemorySource.Read(new SyntheticInstance { Number = number, Rows = rows }.ToArray())!;

    private static DicomSendResult Result(DicomFile file, DicomSendStatus status = DicomSendStatus.Sent) => new()
    {
        Name = "x", Origin = new DicomOrigin { FileName = "x" }, SopClassUid = file.SopClassUid, SopInstanceUid = file.SopInstanceUid, Status = status,
        Destination = s_destination, DicomStatus = DicomStatus.Success, Bytes = 7,
    };

    private void Write(params int[] numbers)
    {
        using var journal = SendJournal.Open(_path, s_destination);
        foreach (var number in numbers)
            journal.Add(Result(Instance(number)), Instance(number).ComputeDigest());
    }

    [Fact]
    public void What_was_accepted_is_known_again_with_the_same_content_alone()
    {
        Write(1, 2);
        using var journal = SendJournal.Open(_path, s_destination with { Host = "pacs.LOCAL" });
        Assert.Equal(2, journal.Accepted);
        Assert.NotNull(journal.DigestIfAccepted(Instance(1)));
        Assert.Null(journal.DigestIfAccepted(Instance(1, rows: 17)));
        Assert.Null(journal.DigestIfAccepted(Instance(3)));
        var edited = Instance(2);
        edited.SetValue("PatientID", "other");
        Assert.Null(journal.DigestIfAccepted(edited));
    }

    [Fact]
    public void Other_destination_has_accepted_nothing()
    {
        Write(1);
        foreach (var other in new[] { s_destination with { Port = 105 }, s_destination with { CalledAE = "OTHER" }, s_destination with { Host = "other" } })
        {
            using var journal = SendJournal.Open(_path, other);
            Assert.Null(journal.DigestIfAccepted(Instance(1)));
        }
    }

    [Fact]
    public void Failure_is_written_and_not_believed_to_be_stored()
    {
        using (var journal = SendJournal.Open(_path, s_destination))
            journal.Add(Result(Instance(1), DicomSendStatus.Failed), Instance(1).ComputeDigest());
        using var again = SendJournal.Open(_path, s_destination);
        Assert.Null(again.DigestIfAccepted(Instance(1)));
        Assert.Equal(DicomSendStatus.Failed, JournalLine.Read(_path, _ => { }).Single().Status);
    }

    [Fact]
    public void Journal_torn_at_any_byte_tells_no_lie_and_can_be_gone_on_with()
    {
        Write(1, 2);
        var whole = File.ReadAllBytes(_path);
        var secondEnds = whole.Length;
        var firstEnds = Array.LastIndexOf(whole, (byte)'\n', whole.Length - 2) + 1;
        for (var length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(_path, whole[..length]);
            using (var journal = SendJournal.Open(_path, s_destination))
            {
                Assert.Equal(length >= secondEnds ? 2 : length >= firstEnds ? 1 : 0, journal.Accepted);
                journal.Add(Result(Instance(3)), Instance(3).ComputeDigest());
            }
            using var again = SendJournal.Open(_path, s_destination);
            Assert.NotNull(again.DigestIfAccepted(Instance(3)));
        }
    }

    [Fact]
    public void Changed_byte_costs_its_line_and_no_other()
    {
        Write(1, 2, 3);
        var bytes = File.ReadAllBytes(_path);
        var second = Array.IndexOf(bytes, (byte)'\n', Array.IndexOf(bytes, (byte)'\n', Array.IndexOf(bytes, (byte)'\n') + 1) - 1) + 40;
        bytes[second] ^= 1;
        File.WriteAllBytes(_path, bytes);
        using var journal = SendJournal.Open(_path, s_destination);
        Assert.Equal(2, journal.Accepted);
        var damaged = 0;
        Assert.Equal(2, JournalLine.Read(_path, n => damaged = n).Count());
        Assert.Equal(1, damaged);
    }

    [Fact]
    public void Zeros_at_the_end_are_taken_away()
    {
        Write(1);
        File.AppendAllText(_path, new string('\0', 5000));
        Write(2);
        using var journal = SendJournal.Open(_path, s_destination);
        Assert.Equal(2, journal.Accepted);
    }

    [Fact]
    public void Second_run_is_refused_and_may_read()
    {
        using var journal = SendJournal.Open(_path, s_destination);
        journal.Add(Result(Instance(1)), Instance(1).ComputeDigest());
        Assert.Equal("JournalInUse", Assert.Throws<JournalException>(() => SendJournal.Open(_path, s_destination, new FastTime(1000))).ErrorId);
        Assert.Single(JournalLine.Read(_path, _ => { }));
    }

    [Fact]
    public void What_is_no_journal_is_left_as_it_is()
    {
        File.WriteAllText(_path, "a letter to a friend\n");
        Assert.Equal("JournalUnusable", Assert.Throws<JournalException>(() => SendJournal.Open(_path, s_destination, new FastTime(1000))).ErrorId);
        Assert.Equal("a letter to a friend\n", File.ReadAllText(_path));
    }
}
