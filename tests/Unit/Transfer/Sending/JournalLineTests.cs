using System.Globalization;
using System.IO.Hashing;
using System.Text;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer.Sending;

public sealed class JournalLineTests : IDisposable
{
    private const string Fields = "2026-01-02T03:04:05.678Z\tPACS@pacs:104\t1.2\t1.2.3\tABCD\t7\tWarning\tB000\tAnswerLost, SameUid";
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"fwdicom-journal-{Guid.NewGuid():N}.tsv");

    private static readonly DicomSendJournalEntry s_entry = new()
    {
        Time = new DateTime(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc), Destination = "PACS@pacs:104", SopClassUid = "1.2", SopInstanceUid = "1.2.3", Digest = "ABCD", Bytes = 7,
        Status = DicomSendStatus.Warning, DicomStatus = 0xB000, Note = DicomSendJournalNote.AnswerLost | DicomSendJournalNote.SameUid,
    };

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Entry_is_one_line_that_is_read_again()
    {
        var line = JournalLine.Format(s_entry);
        Assert.Equal(Checked(Fields), line);
        Assert.True(JournalLine.TryParse(line, out var read));
        Assert.Equal(s_entry, read);
        Assert.Equal(DateTimeKind.Utc, read.Time.Kind);
    }

    [Fact]
    public void What_is_not_known_is_left_empty()
    {
        var line = JournalLine.Format(s_entry with { DicomStatus = null, Note = DicomSendJournalNote.None, Digest = "", SopClassUid = "a\tb\nc" });
        Assert.Equal(Checked("2026-01-02T03:04:05.678Z\tPACS@pacs:104\ta b c\t1.2.3\t\t7\tWarning\t\t"), line);
        Assert.True(JournalLine.TryParse(line, out var read));
        Assert.Equal((null, DicomSendJournalNote.None, "", "a b c"), (read.DicomStatus, read.Note, read.Digest, read.SopClassUid));
    }

    [Fact]
    public void Line_of_an_earlier_version_has_no_note()
    {
        Assert.True(JournalLine.TryParse(Checked("2026-01-02T03:04:05.678Z\tPACS@pacs:104\t1.2\t1.2.3\tABCD\t7\tWarning\tB000"), out var read));
        Assert.Equal(s_entry with { Note = DicomSendJournalNote.None }, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no tab")]
    [InlineData("2026-01-02T03:04:05.678Z\tP\t1.2\t1.2.3\tABCD\t7\tWarning")]
    [InlineData("2026-01-02T03:04:05.678Z\tP\t1.2\t1.2.3\tABCD\t7\tWarning\tB000\t\t")]
    [InlineData("yesterday\tP\t1.2\t1.2.3\tABCD\t7\tWarning\tB000\t")]
    [InlineData("2026-01-02T03:04:05.678Z\tP\t1.2\t1.2.3\tABCD\tseven\tWarning\tB000\t")]
    [InlineData("2026-01-02T03:04:05.678Z\tP\t1.2\t1.2.3\tABCD\t7\tGood\tB000\t")]
    public void Line_that_makes_no_sense_is_none(string fields) => Assert.False(JournalLine.TryParse(Checked(fields), out _));

    [Fact]
    public void Line_with_another_check_is_none()
    {
        var line = JournalLine.Format(s_entry);
        Assert.False(JournalLine.TryParse(line[..^1], out _));
        Assert.False(JournalLine.TryParse(line + "0", out _));
        Assert.False(JournalLine.TryParse("x" + line, out _));
        Assert.False(JournalLine.TryParse(Fields, out _));
    }

    [Theory]
    [InlineData("a\nbc\n", "a 2 True|bc 5 True")]
    [InlineData("a\nbc", "a 2 True|bc 4 False")]
    [InlineData("\n", " 1 True")]
    [InlineData("", "")]
    [InlineData("\n\n\u00e9", " 1 True| 2 True|\u00e9 4 False")]
    public void Lines_are_told_with_their_ends(string text, string expected)
        => Assert.Equal(expected, string.Join('|', JournalLine.ReadAll(new MemoryStream(Encoding.UTF8.GetBytes(text))).Select(l => $"{l.Line} {l.End} {l.IsWhole}")));

    [Fact]
    public void Line_without_end_takes_no_memory_and_costs_no_other()
    {
        var text = new string('x', 200_000) + "\nnext\n";
        var lines = JournalLine.ReadAll(new MemoryStream(Encoding.ASCII.GetBytes(text))).ToList();
        Assert.Equal(["4096 200001", "4 200006"], lines.Select(l => $"{l.Line.Length} {l.End}"));
    }

    [Fact]
    public void Journal_is_read_without_its_damaged_lines()
    {
        var line = JournalLine.Format(s_entry);
        foreach (var header in (string[])[JournalLine.Header, JournalLine.FormerHeader])
        {
            File.WriteAllText(_path, $"{header}\n{line}\nbad\n{line}\n{line}");
            var damaged = new List<int>();
            Assert.Equal([s_entry, s_entry], JournalLine.Read(_path, damaged.Add));
            Assert.Equal([2], damaged);
            File.WriteAllText(_path, $"{header}\n{line}\n");
            damaged.Clear();
            Assert.Single(JournalLine.Read(_path, damaged.Add));
            Assert.Empty(damaged);
        }
    }

    [Fact]
    public void What_has_no_header_is_no_journal()
    {
        File.WriteAllText(_path, JournalLine.Format(s_entry) + "\n");
        Assert.Equal("JournalUnusable", Assert.Throws<JournalException>(() => JournalLine.Read(_path, _ => { }).Count()).ErrorId);
        File.WriteAllText(_path, "");
        Assert.Empty(JournalLine.Read(_path, _ => Assert.Fail("Nothing is damaged.")));
    }

    private static string Checked(string fields) => fields + "\t" + Crc32.HashToUInt32(Encoding.UTF8.GetBytes(fields)).ToString("X8", CultureInfo.InvariantCulture);
}
