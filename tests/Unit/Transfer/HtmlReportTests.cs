using System.Text;
using System.Xml;
using System.Xml.Linq;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Reporting;
using Microsoft.Extensions.Time.Testing;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>The page of a report that is handed to people.</summary>
public sealed class HtmlReportTests
{
    private static readonly DicomDestination s_destination = new() { Host = "pacs.example.org", Port = 11112, CalledAE = "PACS" };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly DicomSendRun _run = new();

    public HtmlReportTests()
        => _run.Record = new SendRunRecord(new SendRunSettings(4, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30), "sent.tsv"), _time);

    private DicomSendResult Sent(DicomFile file, DicomSendStatus status = DicomSendStatus.Sent, string? reason = null, long bytes = 1000, string name = "a.zip")
    {
        _run.Record!.Enter(file);
        var result = new DicomSendResult
        {
            Name = file.Name, Origin = new DicomOrigin { FileName = name, LocalPath = "/in/" + name }, Status = status, Destination = s_destination, Bytes = bytes, Run = _run,
            StudyInstanceUid = file.StudyInstanceUid, SeriesInstanceUid = file.SeriesInstanceUid, SopInstanceUid = file.SopInstanceUid,
            Reason = reason, ErrorId = status == DicomSendStatus.Failed ? "DicomStoreFailed" : null,
        };
        _run.Record.Leave(result);
        return result;
    }

    private static DicomFile File(int number, int series = 1, string description = "T1 axial", string patient = "SOMEBODY^ELSE") => MemorySource.Read(new SyntheticInstance
    {
        Number = number, Series = series, PatientName = patient,
        Extra = [SyntheticElement.Text(0x0008103E, "LO", description), SyntheticElement.Text(0x00081030, "LO", "Head & neck"), SyntheticElement.Text(0x00100030, "DA", "19610203")],
    }.ToArray())!;

    private string Page(IEnumerable<DicomSendResult> results, PageOptions? options = null, RunEnd end = RunEnd.Complete)
    {
        var folder = Directory.CreateTempSubdirectory("fwdicom-page-");
        try
        {
            using var report = new SendReport(ReportPlace.InFolder(folder.FullName), ReportNameStyle.Local, _time);
            foreach (var result in results)
                report.Add(result);
            var written = report.WriteWithPage(end, options);
            Assert.Empty(report.Problems);
            return System.IO.File.ReadAllText(written.HtmlPath!, Encoding.UTF8);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The page is XML too, so that its structure can be asked for.</summary>
    private static XElement Parsed(string page)
    {
        using var reader = XmlReader.Create(new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XElement.Load(reader);
    }

    private static string[] Cells(XElement row) => [.. row.Elements().Select(c => c.Nodes().OfType<XText>().FirstOrDefault()?.Value ?? "")];

    private static XElement Section(XElement page, string id) => page.Descendants("section").Single(s => (string?)s.Attribute("aria-labelledby") == id);

    [Fact]
    public void It_counts_by_study_and_series_and_the_sums_agree()
    {
        var page = Parsed(Page([
            Sent(File(1)), Sent(File(2), DicomSendStatus.Warning, bytes: 500), Sent(File(3), DicomSendStatus.Failed, "No room", bytes: 0),
            Sent(File(4, series: 2, description: "T2 coronal"), DicomSendStatus.Skipped, bytes: 0)]));
        Assert.Equal("3 of 4 images were sent, 1 failed", page.Descendants("h1").Single().Value);
        var table = Section(page, "series").Element("table")!;
        Assert.Equal(["Series", "Modality", "Images", "Volume sent", "At destination", "Failed"], table.Element("thead")!.Descendants("th").Select(h => h.Value));
        var rows = table.Element("tbody")!.Elements("tr").ToList();
        Assert.StartsWith("Head & neck", rows[0].Value, StringComparison.Ordinal);
        Assert.Equal(["T1 axial", "CT", "3", "1.5 KB", "2", "1"], Cells(rows[1]));
        Assert.Equal(["T2 coronal", "CT", "1", "0 bytes", "1", "0"], Cells(rows[2]));
        Assert.Equal(["Total", "", "4", "1.5 KB", "3", "1"], Cells(table.Element("tfoot")!.Element("tr")!));
        Assert.Equal(["Images", "4", "At the destination", "3", "Failed", "1", "Of these with a warning", "1", "Of these sent before", "1"],
            page.Descendants("dl").First().Descendants().Where(e => e.Name == "dt" || e.Name == "dd").Select(e => e.Value).Take(10));
    }

    [Fact]
    public void Failures_stand_first_with_reason_and_advice()
    {
        var page = Parsed(Page([Sent(File(1)), Sent(File(2), DicomSendStatus.Failed, "A700, \"out of <resources>\" & more")],
            new PageOptions { Advice = id => id == "DicomStoreFailed" ? "Look into the server's log." : null }));
        Assert.Equal("failures", (string?)page.Descendants("section").First().Attribute("aria-labelledby"));
        var rows = Section(page, "failures").Descendants("tbody").Single().Elements("tr").ToList();
        Assert.Equal("1 image · What to do: Look into the server's log. DicomStoreFailed", rows[0].Value);
        Assert.Equal("A700, \"out of <resources>\" & more", rows[1].Elements("td").Last().Value);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("a\u0000b\u001b[31m\ud800\uffff")]
    [InlineData("]]>")]
    public void No_text_becomes_markup(string text)
    {
        var page = Page([Sent(File(1, description: text.Replace('\\', '/')[..Math.Min(text.Length, 60)])), Sent(File(2), DicomSendStatus.Failed, text, name: text)]);
        var parsed = Parsed(page);
        Assert.DoesNotContain(parsed.Descendants(), e => e.Name.LocalName is "script" or "img");
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\u001b', page);
    }

    [Fact]
    public void It_refers_to_nothing_outside_itself()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        var page = Parsed(Page(Enumerable.Range(1, 8).Select(n =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return Sent(File(n));
        })));
        Assert.NotEmpty(page.Descendants("path"));
        string[] names = ["src", "href", "action", "srcset", "data", "xlink:href"];
        Assert.DoesNotContain(page.DescendantsAndSelf().Attributes(), a => names.Contains(a.Name.LocalName, StringComparer.Ordinal));
        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName is "script" or "link" or "iframe" or "object" or "img");
        Assert.DoesNotContain("url(", page.Descendants("style").Single().Value, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page.Descendants("style").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void It_has_what_a_screen_reader_needs()
    {
        var page = Parsed(Page([Sent(File(1)), Sent(File(2), DicomSendStatus.Failed, "why")]));
        Assert.Equal("en", (string?)page.Attribute("lang"));
        Assert.NotEqual("", page.Descendants("title").First().Value);
        Assert.Single(page.Descendants("h1"));
        Assert.All(page.Descendants("th"), h => Assert.Contains((string?)h.Attribute("scope"), (string?[])["col", "row", "rowgroup"]));
        var ids = page.Descendants().Attributes("id").Select(a => a.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(page.Descendants().Attributes("aria-labelledby").SelectMany(a => a.Value.Split(' ')), id => Assert.Contains(id, ids));
    }

    [Fact]
    public void No_patient_is_named_unless_asked_for()
    {
        DicomSendResult[] results = [Sent(File(1))];
        var page = Page(results);
        Assert.DoesNotContain("SOMEBODY", page, StringComparison.Ordinal);
        Assert.DoesNotContain("1961", page, StringComparison.Ordinal);
        Assert.Contains("leaves out names, IDs and birth dates", page, StringComparison.Ordinal);
        var named = Page(results, new PageOptions { Patients = PatientData.Included });
        Assert.Contains("SOMEBODY^ELSE", named, StringComparison.Ordinal);
        Assert.Contains("born 1961-02-03", named, StringComparison.Ordinal);
        Assert.Contains("handle it as a medical record", named, StringComparison.Ordinal);
    }

    [Fact]
    public void It_tells_the_run_and_its_settings()
    {
        var file = File(1);
        file.AddPrivateValue(new PrivateValue(0x21, "Flywheel", "DICOM send"));
        var facts = Section(Parsed(Page([Sent(file)])), "settings").Element("dl")!.Elements().Select(e => e.Value).ToList();
        string Fact(string name) => facts[facts.IndexOf(name) + 1];
        Assert.Equal("pacs.example.org, port 11112", Fact("To"));
        Assert.Equal("called PACS, calling flywheel", Fact("AE titles"));
        Assert.Equal("none: the network must be trusted", Fact("Encryption"));
        Assert.Equal("at most 4", Fact("Associations"));
        Assert.Equal("1 min 00 s for each image", Fact("Retry"));
        Assert.Equal("sent.tsv", Fact("Journal"));
        Assert.Contains("(0021,0010)", Fact("Changed before sending"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stopped_run_says_so_and_results_of_no_run_make_a_page_too()
    {
        Assert.Contains("there may be images that it never came to", Page([Sent(File(1))], end: RunEnd.Stopped), StringComparison.Ordinal);
        var loaded = Parsed(Page([Sent(File(1)) with { Run = null }]));
        Assert.Equal("The one image was sent", loaded.Descendants("h1").Single().Value);
        Assert.Equal("No description", Cells(Section(loaded, "series").Descendants("tbody").Single().Elements("tr").Last())[0]);
    }

    [Fact]
    public void Many_series_take_little_memory()
    {
        var tally = new SeriesTally();
        for (var i = 0; i < 10_000; i++)
            tally.Add(new DicomSendResult { Name = "x", Origin = new DicomOrigin { FileName = "x" }, Status = DicomSendStatus.Sent, Destination = s_destination, SeriesInstanceUid = $"1.{i}" });
        Assert.Equal(SeriesTally.MaxSeries, tally.Series.Count);
        Assert.Equal(10_000 - SeriesTally.MaxSeries, tally.Others!.Images);
        Assert.Equal(10_000, tally.Total.Images);
    }

    [Fact]
    public void Throughput_keeps_every_byte_in_few_spans()
    {
        var throughput = new Throughput(_time);
        for (var i = 0; i < 100_000; i++)
        {
            throughput.Add(7);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.InRange(throughput.Bytes.Count, Throughput.MaxSpans / 2, Throughput.MaxSpans);
        Assert.Equal(700_000, throughput.Bytes.Sum());
        Assert.InRange(throughput.Span * throughput.Bytes.Count, TimeSpan.FromSeconds(99_999), TimeSpan.FromSeconds(100_000) + throughput.Span);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(11, 20)]
    [InlineData(4_100_000, 5_000_000)]
    [InlineData(99, 100)]
    public void The_axis_ends_at_a_round_number(double rate, double expected) => Assert.Equal(expected, ThroughputChart.RoundUp(rate), 6);
}
