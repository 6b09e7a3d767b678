using System.Text;
using System.Text.RegularExpressions;
using FlywheelDicom.Transfer.Reporting;

namespace FlywheelDicom.Unit.Transfer.Reporting;

public sealed class SendReportTests : IDisposable
{
    private static readonly DicomDestination s_destination = new() { Host = "pacs" };
    private readonly string _folder = Directory.CreateTempSubdirectory("fwdicom-send-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string[] Files() => [.. Directory.GetFileSystemEntries(_folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private string In(string name) => Path.Combine(_folder, name);

    private static DicomSendResult Result(bool isSent = true, string name = "a", string? uid = "1.2.3", DicomSendRun? run = null) => new()
    {
        Name = name, SopInstanceUid = uid, Destination = s_destination, Origin = new DicomOrigin { FileName = name, LocalPath = "/in/" + name },
        Status = isSent ? DicomSendStatus.Sent : DicomSendStatus.Failed, Reason = isSent ? null : "why", ErrorId = isSent ? null : "DicomStoreFailed", Run = run,
    };

    [Fact]
    public void Summary_tells_what_was_sent_of_all_where_to_and_how_fast()
    {
        var time = new StandingTime();
        var run = new DicomSendRun();
        run.Begin(time, "/out/run.tsv");
        time.Move(TimeSpan.FromSeconds(4));
        run.End();
        time.Move(TimeSpan.FromSeconds(60));
        using var report = new SendReport(ReportPlace.InFile(In("report.csv")), ReportNameStyle.Local);
        report.Add(Result(run: run) with { Bytes = 30_000_000 });
        report.Add(Result(uid: "1.2.4", run: run) with { Bytes = 10_000_000, Status = DicomSendStatus.Warning });
        report.Add(Result(uid: "1.2.5", run: run) with { Status = DicomSendStatus.Skipped });
        report.Add(Result(isSent: false, name: "b", run: new DicomSendRun(run)));
        var written = report.Write(RunEnd.Complete);
        Assert.Equal((4, 3, 1, 1, 1), (written.ImagesInSeries, written.ImagesSent, written.ImagesFailed, written.Warnings, written.Skipped));
        Assert.Equal((40_000_000L, TimeSpan.FromSeconds(4), 1e7), (written.Bytes, written.Duration, written.BytesPerSecond));
        Assert.Equal(("ANY-SCP at pacs:104", "/out/run.tsv"), (written.Destination, written.Journal));
        Assert.Equal("b", Assert.Single(written.IncompleteRows).FileName);
        var text = $"3 of 4 images sent to ANY-SCP at pacs:104, 1 failed, 1 with warnings, 1 skipped, 40.0 MB in 4.0 s (10.0 MB/s); the report is at '{In("report.csv")}'.";
        Assert.Equal((text, text), (written.Summary, written.ToString()));
        Assert.False(written.IsComplete);
    }

    [Fact]
    public void Report_that_could_not_be_written_is_not_complete()
    {
        using var report = new SendReport(ReportPlace.InFile(In("report.csv")), ReportNameStyle.Local);
        report.Add(Result());
        Directory.CreateDirectory(In("report.csv"));
        var written = report.Write(RunEnd.Complete);
        Assert.Equal((false, false, 1), (written.IsComplete, written.IsWritten, written.ImagesSent));
        Assert.EndsWith("; the report could not be written.", written.Summary, StringComparison.Ordinal);
        Assert.True((written with { Path = "somewhere" }).IsComplete);
    }

    [Theory]
    [InlineData("Time\tDestination\tSopClassUid\tSopInstanceUid\tDigest\tBytes\tStatus\tDicomStatus\tNote\tCheck\n")]
    [InlineData("Time\tDestination\tSopClassUid\tSopInstanceUid\tDigest\tBytes\tStatus\tDicomStatus\tCheck\n2026")]
    public void Report_is_not_written_over_a_journal(string content)
    {
        File.WriteAllText(In("j.tsv"), content);
        var refused = Assert.Throws<ReportPlaceException>(() => ReportPlace.InFile(In("j.tsv")).Try(ReportNameStyle.Local));
        Assert.Equal("ReportPlaceUnusable", refused.ErrorId);
        Assert.Equal(content, File.ReadAllText(In("j.tsv")));
        File.WriteAllText(In("k.csv"), "");
        ReportPlace.InFile(In("k.csv")).Try(ReportNameStyle.Local);
    }

    [Theory]
    [InlineData("Name,SOP Instance UID,Reason,Error ID\nb,,why,DicomStoreFailed\n", true, false)]
    [InlineData("Name,SOP Instance UID,Reason,Error ID\nb,,why,DicomStoreFailed\n", false, true)]
    [InlineData("my own", true, true)]
    public void Failures_of_an_earlier_run_do_not_stay_beside_a_report_without(string former, bool isSent, bool isThere)
    {
        File.WriteAllText(In("report_failures.csv"), former);
        for (var run = 0; run < 2; run++)
        {
            using var report = new SendReport(ReportPlace.InFile(In("report.csv")), ReportNameStyle.Local);
            report.Add(Result(isSent: isSent));
            Assert.Equal(isSent, report.Write(RunEnd.Complete).FailuresPath is null);
            Assert.Empty(report.Problems);
            Assert.Equal(isThere, File.Exists(In("report_failures.csv")));
        }
        if (isSent && isThere)
            Assert.Equal(former, File.ReadAllText(In("report_failures.csv")));
    }

    [Fact]
    public void File_that_came_there_while_images_were_sent_stays()
    {
        using var report = new SendReport(ReportPlace.InFile(In("report.csv")), ReportNameStyle.Local);
        report.Add(Result(isSent: false));
        foreach (var name in (string[])["report.csv", "report.html", "report_failures.csv"])
            File.WriteAllText(In(name), "mine");
        var written = report.WriteWithPage(RunEnd.Complete);
        Assert.Equal((null, null, null), (written.Path, written.HtmlPath, written.FailuresPath));
        Assert.Equal(3, report.Problems.Count);
        Assert.All(Directory.GetFiles(_folder, "report*"), f => Assert.Equal("mine", File.ReadAllText(f)));
    }

    [Fact]
    public void Report_may_be_written_over_itself()
    {
        for (var run = 0; run < 2; run++)
        {
            var place = ReportPlace.InFile(In("report.csv"));
            place.Try(ReportNameStyle.Local, ReportParts.TablesAndPage);
            using var report = new SendReport(place, ReportNameStyle.Local);
            report.Add(Result(isSent: false));
            Assert.NotNull(report.WriteWithPage(RunEnd.Complete).HtmlPath);
            Assert.Empty(report.Problems);
        }
    }

    [Fact]
    public void Run_that_was_cut_off_is_told_whichever_it_was()
    {
        using var report = new SendReport(ReportPlace.InFolder(_folder), ReportNameStyle.Local);
        Assert.False(report.IsOfCutRun);
        Assert.Throws<ArgumentNullException>(() => report.Add(null!));
        report.Add(Result());
        Assert.False(report.IsOfCutRun);
        var whole = new DicomSendRun();
        whole.End();
        report.Add(Result(run: whole));
        Assert.False(report.IsOfCutRun);
        report.Add(Result(run: new DicomSendRun()));
        Assert.True(report.IsOfCutRun);
    }

    [Fact]
    public void Stopped_report_says_so_in_each_row()
    {
        using var report = new SendReport(ReportPlace.InFolder(_folder), ReportNameStyle.Local);
        report.Add(Result());
        report.Add(Result(name: "b"));
        var written = report.Write(RunEnd.Stopped);
        Assert.True(written.IsStopped);
        Assert.All(written.Rows, r => Assert.True(r.IsStopped));
        Assert.EndsWith("_stopped.csv", written.Path, StringComparison.Ordinal);
        Assert.EndsWith("_stopped.csv", report.AttachmentName(RunEnd.Stopped), StringComparison.Ordinal);
        var complete = report.Write(RunEnd.Complete);
        Assert.False(complete.IsStopped);
        Assert.All(complete.Rows, r => Assert.False(r.IsStopped));
    }

    [Fact]
    public void List_of_failures_that_cannot_be_written_costs_only_itself()
    {
        var folder = Directory.CreateDirectory(In("gone"));
        using var report = new SendReport(ReportPlace.InFolder(folder.FullName), ReportNameStyle.Local);
        folder.Delete();
        report.Add(Result(isSent: false, name: "a"));
        folder.Create();
        report.Add(Result(isSent: false, name: "b"));
        var written = report.WriteWithPage(RunEnd.Complete);
        Assert.NotNull(written.Path);
        Assert.Null(written.FailuresPath);
        Assert.Contains("list of failures", Assert.Single(report.Problems).Message, StringComparison.Ordinal);
        // The page has what the file has not.
        var page = File.ReadAllText(written.HtmlPath!);
        Assert.Equal(2, Regex.Count(page, "<td>why</td>"));
        Assert.Contains("<strong>2 images</strong>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_finished_leaves_no_file()
    {
        var report = new SendReport(ReportPlace.InFolder(_folder), ReportNameStyle.Local);
        report.Add(Result(isSent: false));
        Assert.Single(Files());
        report.Dispose();
        Assert.Empty(Files());
        report.Dispose();
    }

    [Fact]
    public void List_of_failures_is_closed_when_it_has_its_name()
    {
        var place = ReportPlace.InFolder(_folder);
        using var list = new FailureList(place);
        Assert.Null(list.Finish(In("none.csv")));
        list.Add(Result(isSent: false));
        Assert.Equal(In("f.csv"), list.Finish(In("f.csv")));
        Assert.Equal(["f.csv"], Files());
        Assert.Equal("Name,SOP Instance UID,Reason,Error ID\na,1.2.3,why,DicomStoreFailed\n", File.ReadAllText(In("f.csv")));
        using (new FileStream(In("f.csv"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            // Nobody else has it open.
        }
        Assert.Equal((1, 1), (list.Count, list.First.Count));
    }

    [Fact]
    public void List_of_failures_says_why_it_has_none()
    {
        using var list = new FailureList(ReportPlace.InFolder(In("gone")));
        list.Add(Result(isSent: false));
        list.Add(Result(isSent: false));
        Assert.Equal((2, 2), (list.Count, list.First.Count));
        Assert.IsType<DirectoryNotFoundException>(list.Problem);
        Assert.Same(list.Problem, Assert.Throws<IOException>(() => list.Finish(In("f.csv"))).InnerException);
    }

    [Fact]
    public void Page_beside_a_report_without_a_name_of_its_own_is_named_after_it()
    {
        File.WriteAllText(In("dicom.csv"), "");
        using var report = new SendReport(ReportPlace.InFolder(_folder), ReportNameStyle.Local);
        report.Add(Result());
        var first = report.WriteWithPage(RunEnd.Complete);
        var second = report.WriteWithPage(RunEnd.Complete);
        Assert.Equal(Path.ChangeExtension(first.Path, ".html"), first.HtmlPath);
        Assert.Equal(Path.ChangeExtension(second.Path, ".html"), second.HtmlPath);
        Assert.NotEqual(first.Path, second.Path);
    }

    [Fact]
    public void Source_is_known_among_others()
    {
        File.WriteAllText(In("a.csv"), "image");
        using var report = new SendReport(ReportPlace.InFile(In("a.csv")), ReportNameStyle.Local);
        report.Add(Result() with { Origin = new DicomOrigin { FileName = "b", LocalPath = In("b") } });
        report.Add(Result() with { Origin = new DicomOrigin { FileName = "a.csv", LocalPath = In("a.csv") } });
        Assert.Null(report.Write(RunEnd.Complete).Path);
        Assert.Equal("image", File.ReadAllText(In("a.csv")));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Page_is_whole(bool isStopped, bool hasFailures)
    {
        using var report = new SendReport(ReportPlace.InFolder(_folder), ReportNameStyle.Local);
        report.Add(Result(name: "a<b"));
        if (hasFailures)
            report.Add(Result(isSent: false, name: "c<d"));
        var bytes = File.ReadAllBytes(report.WriteWithPage(isStopped ? RunEnd.Stopped : RunEnd.Complete).HtmlPath!);
        Assert.NotEqual(0xEF, bytes[0]);
        var page = Encoding.UTF8.GetString(bytes);
        Assert.DoesNotContain('\r', page);
        Assert.EndsWith("</body></html>\n", page, StringComparison.Ordinal);
        foreach (var name in (string[])["table", "tr", "th", "td", "h1", "h2", "p", "style"])
            Assert.Equal(Regex.Count(page, $"<{name}[ >]"), Regex.Count(page, $"</{name}>"));
        Assert.Equal(isStopped, page.Contains("was stopped", StringComparison.Ordinal));
        Assert.Equal(hasFailures, page.Contains(">What failed, and what to do</h2>", StringComparison.Ordinal));
        Assert.DoesNotContain("distinct images", page, StringComparison.Ordinal);
        Assert.DoesNotContain("The first", page, StringComparison.Ordinal);
        Assert.Contains("a&lt;b", page, StringComparison.Ordinal);
        Assert.Equal(hasFailures, page.Contains("c&lt;d", StringComparison.Ordinal));
    }

    [Fact]
    public void Stream_stays_open_for_who_gave_it()
    {
        using var list = new FailureList(ReportPlace.InFolder(_folder));
        var (csv, page) = (new MemoryStream(), new MemoryStream());
        SendReportWriter.WriteCsv(csv, []);
        HtmlReport.Write(page, new ReportPage
        {
            Report = new FwSendReport { Path = null, Rows = [], ImagesInSeries = 0, ImagesSent = 0, IsStopped = false, DistinctImages = 0 },
            Origins = [], Series = new SeriesTally(), Failures = list, Runs = [], Written = DateTimeOffset.UnixEpoch, Options = new PageOptions(),
        });
        Assert.True(csv.CanRead && page.CanRead);
        Assert.Equal("Acquisition ID,FW Path,Filename,Images in Series,Images Sent,Status\n", Encoding.UTF8.GetString(csv.ToArray()));
    }

    [Fact]
    public void Nothing_counted_has_no_origin()
    {
        var tally = new SendTally();
        Assert.Null(tally.First);
        Assert.Empty(tally.Rows);
        Assert.Equal(0, tally.DistinctImages);
        tally.Add(Result(uid: null));
        tally.Add(Result(name: "b"));
        Assert.Throws<ArgumentNullException>(() => tally.Add(null!));
        Assert.Equal("a", tally.First!.FileName);
        Assert.Equal(1, tally.DistinctImages);
    }
}
