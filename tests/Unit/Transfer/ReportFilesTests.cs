using System.Globalization;
using System.Text;
using FlywheelDicom.Transfer.Reporting;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>The files of a report: where they go, what they are called, and what stands in them.</summary>
public sealed class ReportFilesTests : IDisposable
{
    private static readonly DicomDestination s_destination = new() { Host = "pacs" };

    private readonly string _folder = Directory.CreateTempSubdirectory("fwdicom-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static DicomSendResult Result(string name, bool isSent = true, string? uid = null, string? reason = null, DicomOrigin? origin = null) => new()
    {
        Name = name, SopInstanceUid = uid ?? $"1.2.{name.GetHashCode(StringComparison.Ordinal):0}".Replace("-", "9", StringComparison.Ordinal), Destination = s_destination,
        Origin = origin ?? new DicomOrigin { FileName = name, LocalPath = "/in/" + name },
        Status = isSent ? DicomSendStatus.Sent : DicomSendStatus.Failed, Reason = reason, ErrorId = isSent ? null : "DicomStoreFailed",
    };

    private SendReport InFolder(ReportNameStyle style = ReportNameStyle.Local) => new(ReportPlace.InFolder(_folder), style, new AtTime());

    private string[] Files() => [.. Directory.GetFiles(_folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Fact]
    public void Reports_of_one_second_do_not_take_each_others_place()
    {
        var paths = new List<string?>();
        for (var run = 0; run < 3; run++)
        {
            using var report = InFolder();
            report.Add(Result("a.zip"));
            report.Add(Result("b.zip", isSent: false, reason: "why"));
            var written = report.WriteWithPage(RunEnd.Complete);
            paths.AddRange([written.Path, written.FailuresPath, written.HtmlPath]);
        }
        Assert.Equal(9, paths.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(9, Files().Length);
        Assert.Contains("dicom-send_report-a.zip_2026-01-02_03-04-05_2.csv", Files());
        Assert.Contains("dicom-send_report-a.zip_2026-01-02_03-04-05_2_failures.csv", Files());
    }

    [Fact]
    public async Task Runs_that_end_at_once_each_have_their_own()
    {
        var paths = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() =>
        {
            using var report = InFolder();
            report.Add(Result("a.zip"));
            return report.Write(RunEnd.Complete).Path;
        })));
        Assert.Equal(64, paths.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(64, Files().Length);
    }

    [Theory]
    [InlineData("\u6f22")]
    [InlineData("\U0001F9E0")]
    [InlineData("\U0001F468\u200D\U0001F469\u200D\U0001F467")]
    [InlineData("e\u0301")]
    [InlineData("x")]
    public void Long_labels_leave_a_name_that_the_file_system_takes(string character)
    {
        var label = string.Concat(Enumerable.Repeat(character, 300));
        var origin = new DicomOrigin { FileName = "a.zip", SessionId = "s", AcquisitionId = "a", SessionLabel = label };
        foreach (var style in Enum.GetValues<ReportNameStyle>())
        {
            using var report = InFolder(style);
            report.Add(Result("a", origin: origin));
            report.Add(Result("b", isSent: false, origin: origin));
            var written = report.WriteWithPage(RunEnd.Stopped);
            Assert.Empty(report.Problems);
            foreach (var path in new[] { written.Path!, written.FailuresPath!, written.HtmlPath! })
                Assert.InRange(Encoding.UTF8.GetByteCount(Path.GetFileName(path)), 200, 255);
            var time = style == ReportNameStyle.Flywheel ? "03:04:05" : "03-04-05";
            Assert.EndsWith($"_2026-01-02_{time}_stopped.csv", written.Path, StringComparison.Ordinal);
            Assert.EndsWith("_failures.csv", written.FailuresPath, StringComparison.Ordinal);
            Assert.DoesNotContain('\uFFFD', Path.GetFileName(written.Path)!);
        }
    }

    [Fact]
    public void In_Flywheel_the_name_is_that_of_dicom_send()
    {
        var tally = new SendTally();
        tally.Add(Result("a", origin: new DicomOrigin
        {
            FileName = "a.zip", SessionId = "s", SessionLabel = "Ses/sion 1", AcquisitionId = "a", AcquisitionLabel = "T2* m\u00fcde",
            Scope = new DicomOriginScope("acquisition", "a", "T2*"),
        }));
        Assert.Equal("dicom-send_report-Ses_sion 1_t2star mude_2026-01-02_03:04:05.csv", ReportName.Attachment(tally, new DateTime(2026, 1, 2, 3, 4, 5), RunEnd.Complete));
    }

    [Theory]
    [InlineData("th-TH")]
    [InlineData("ar-SA")]
    [InlineData("fa-IR")]
    [InlineData("tr-TR")]
    public void Culture_changes_nothing(string culture)
    {
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
            using var report = InFolder();
            for (var i = 0; i < 1234; i++)
                report.Add(Result("i.zip", uid: "1.2." + i.ToString(CultureInfo.InvariantCulture)));
            var written = report.WriteWithPage(RunEnd.Complete);
            Assert.Equal("dicom-send_report-i.zip_2026-01-02_03-04-05.csv", Path.GetFileName(written.Path));
            Assert.Equal("Acquisition ID,FW Path,Filename,Images in Series,Images Sent,Status\n,,i.zip,1234,1234,Complete\n", File.ReadAllText(written.Path!));
            Assert.Contains("<h1>All 1\u202F234 images were sent</h1>", File.ReadAllText(written.HtmlPath!), StringComparison.Ordinal);
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before;
        }
    }

    [Theory]
    [InlineData("x.html")]
    [InlineData("X.HTML")]
    [InlineData("x_failures.csv")]
    [InlineData("x")]
    public void No_file_of_a_report_is_written_over_another(string name)
    {
        using var report = new SendReport(ReportPlace.InFile(Path.Combine(_folder, name)), ReportNameStyle.Local);
        report.Add(Result("a.zip", isSent: false, reason: "why"));
        var written = report.WriteWithPage(RunEnd.Complete);
        Assert.Equal(3, Files().Length);
        Assert.Equal(Path.Combine(_folder, name), written.Path);
        Assert.StartsWith("Acquisition ID,", File.ReadAllText(written.Path!), StringComparison.Ordinal);
        Assert.StartsWith("Name,SOP Instance UID,", File.ReadAllText(written.FailuresPath!), StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(written.HtmlPath!), StringComparison.Ordinal);
    }

    [Fact]
    public void Failures_tell_why_in_a_file_and_on_the_page()
    {
        using var report = InFolder();
        report.Add(Result("S1/IM1", uid: "1.2.3"));
        report.Add(Result("=cmd|'/C calc'!A0", isSent: false, uid: "1.2.4", reason: "A700, \"out of <resources>\""));
        report.Add(Result("\t@x", isSent: false, uid: "1.2.5", reason: "-1"));
        var written = report.WriteWithPage(RunEnd.Complete);
        var lines = File.ReadAllText(written.FailuresPath!).Split('\n');
        Assert.Equal("Name,SOP Instance UID,Reason,Error ID", lines[0]);
        Assert.Equal("\"'=cmd|'/C calc'!A0\",1.2.4,\"A700, \"\"out of <resources>\"\"\",DicomStoreFailed", lines[1]);
        Assert.Equal("\\u0009@x,1.2.5,\"'-1\",DicomStoreFailed", lines[2]);
        Assert.Equal("", lines[3]);
        var page = File.ReadAllText(written.HtmlPath!);
        Assert.Contains("A700, \"out of &lt;resources&gt;\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<resources>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_failed_leaves_no_list_of_failures()
    {
        using var report = InFolder();
        report.Add(Result("a.zip"));
        Assert.Null(report.Write(RunEnd.Complete).FailuresPath);
        Assert.Single(Files());
    }

    [Fact]
    public void Instances_of_one_UID_are_one_image()
    {
        using var report = InFolder();
        report.Add(Result("a", uid: "1.2.3"));
        report.Add(Result("b", uid: "1.2.3"));
        report.Add(Result("c", uid: "1.2.4"));
        report.Add(Result("d", uid: "1.2.5", isSent: false));
        var written = report.WriteWithPage(RunEnd.Complete);
        Assert.Equal((4, 3, 2), (written.ImagesInSeries, written.ImagesSent, written.DistinctImages));
        Assert.Contains("2 distinct images", File.ReadAllText(written.HtmlPath!), StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_is_one_file_whatever_it_is_called()
    {
        var tally = new SendTally();
        void Add(DicomOrigin origin) => tally.Add(Result("x", origin: origin));
        Add(new DicomOrigin { FileName = "IM1", LocalPath = "/in/S1/IM1" });
        Add(new DicomOrigin { FileName = "S1/IM1", LocalPath = "/in/S1/IM1" });
        Add(new DicomOrigin { FileName = "IM1", LocalPath = "/in/S2/IM1" });
        Add(new DicomOrigin { FileName = "c", FlywheelPath = "a\nb", AcquisitionId = "1" });
        Add(new DicomOrigin { FileName = "b\nc", FlywheelPath = "a", AcquisitionId = "1" });
        Add(new DicomOrigin { FileName = "c", FlywheelPath = "a\nb", AcquisitionId = "2" });
        Add(new DicomOrigin { FileName = "Visit", SessionId = "1" });
        Add(new DicomOrigin { FileName = "Visit", SessionId = "2" });
        Assert.Equal([2, 1, 1, 1, 1, 1, 1], tally.Rows.Select(r => r.ImagesInSeries));
    }

    [Fact]
    public void A_folder_that_has_gone_costs_the_files_not_the_rows()
    {
        var gone = Directory.CreateDirectory(Path.Combine(_folder, "gone")).FullName;
        using var report = new SendReport(ReportPlace.InFolder(gone), ReportNameStyle.Local);
        report.Add(Result("a.zip"));
        report.Add(Result("b.zip", isSent: false));
        Directory.Delete(gone, recursive: true);
        var written = report.WriteWithPage(RunEnd.Complete);
        Assert.Equal((null, null, null), (written.Path, written.FailuresPath, written.HtmlPath));
        Assert.Equal(["Complete", "Failed"], written.Rows.Select(r => r.Status));
        Assert.Equal(3, report.Problems.Count);
    }

    [Fact]
    public void A_place_is_tried_and_left_as_it_was()
    {
        ReportPlace.InFolder(_folder).Try(ReportNameStyle.Local);
        ReportPlace.InFile(Path.Combine(_folder, "r.csv")).Try(ReportNameStyle.Local);
        Assert.Empty(Files());
        File.WriteAllText(Path.Combine(_folder, "r.csv"), "");
        ReportPlace.InFile(Path.Combine(_folder, "r.csv")).Try(ReportNameStyle.Local);
        Assert.Empty(File.ReadAllText(Path.Combine(_folder, "r.csv")));
        Assert.Single(Files());
    }

    public static TheoryData<string, string> BadPlaces => new()
    {
        { "nope/r.csv", "ReportFolderNotFound" },
        { "file/r.csv", "ReportPlaceUnusable" },
        { "folder", "ReportPlaceUnusable" },
        { new string('x', 252) + ".csv", "ReportPlaceUnusable" },
    };

    [Theory]
    [MemberData(nameof(BadPlaces))]
    public void A_place_of_no_use_is_told(string path, string errorId)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "folder"));
        File.WriteAllText(Path.Combine(_folder, "file"), "");
        var place = ReportPlace.InFile(Path.Combine(_folder, path));
        Assert.Equal(errorId, Assert.Throws<ReportPlaceException>(() => place.Try(ReportNameStyle.Local)).ErrorId);
    }

    [Fact]
    public void A_full_disk_and_a_device_are_told()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Assert.Equal("ReportPlaceUnusable", Assert.Throws<ReportPlaceException>(() => ReportPlace.InFile("/dev/full").Try(ReportNameStyle.Local)).ErrorId);
        Assert.Equal("ReportPlaceUnusable", Assert.Throws<ReportPlaceException>(() => ReportPlace.InFolder("/proc/self").Try(ReportNameStyle.Local)).ErrorId);
    }

    private sealed class AtTime : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    }
}
