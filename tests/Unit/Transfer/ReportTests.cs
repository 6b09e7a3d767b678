using System.Text;
using FlywheelDicom.Transfer.Reporting;

namespace FlywheelDicom.Unit.Transfer;

public class ReportTests
{
    private static readonly DicomDestination s_destination = new() { Host = "pacs" };

    private static DicomSendResult Result(string file, DicomSendStatus status, string? acquisition = null, string? session = null) => new()
    {
        Name = "x", Status = status, Destination = s_destination,
        Origin = new DicomOrigin
        {
            FileName = file, AcquisitionId = acquisition, SessionLabel = session, AcquisitionLabel = acquisition is null ? null : "t2*",
            Scope = acquisition is null ? null : new DicomOriginScope("acquisition", acquisition, "t2*"),
            FlywheelPath = acquisition is null ? null : $"g/p/s/{session}/t2*/files/{file}",
        },
    };

    private static string Csv(params DicomSendResult[] results)
    {
        var tally = new SendTally();
        foreach (var result in results)
            tally.Add(result);
        using var stream = new MemoryStream();
        SendReportWriter.WriteCsv(stream, tally.Rows);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    [Fact]
    public void Rows_stand_in_the_order_met_with_their_status()
        => Assert.Equal("""
            Acquisition ID,FW Path,Filename,Images in Series,Images Sent,Status
            ,,b.zip,4,3,Incomplete
            ,,a.zip,1,0,Failed
            a1,g/p/s/Baseline/t2*/files/c.zip,c.zip,1,1,Complete

            """.ReplaceLineEndings("\n"), Csv(
            Result("b.zip", DicomSendStatus.Sent), Result("a.zip", DicomSendStatus.Failed), Result("b.zip", DicomSendStatus.Warning),
            Result("b.zip", DicomSendStatus.Skipped), Result("b.zip", DicomSendStatus.Failed), Result("c.zip", DicomSendStatus.Sent, "a1", "Baseline")));

    [Theory]
    [InlineData("=cmd|'/C calc'!A0")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(A1)")]
    public void Cells_that_would_run_are_escaped(string name)
    {
        var line = Csv(Result(name, DicomSendStatus.Sent)).Split('\n')[1];
        Assert.DoesNotContain("," + name, line, StringComparison.Ordinal);
        Assert.Contains("'" + name[..1], line, StringComparison.Ordinal);
    }

    [Fact]
    public void Commas_and_quotes_are_quoted() => Assert.Contains("\"a,\"\"b\"\".zip\"", Csv(Result("a,\"b\".zip", DicomSendStatus.Sent)), StringComparison.Ordinal);

    [Theory]
    [InlineData("x.zip", null, null, "dicom-send_report-x.zip_2026-01-02_03-04-05.csv")]
    [InlineData("x.zip", "a1", "Base line/1", "dicom-send_report-Base line_1_t2__2026-01-02_03-04-05.csv")]
    public void File_is_named_after_what_was_sent(string file, string? acquisition, string? session, string expected)
    {
        var tally = new SendTally();
        tally.Add(Result(file, DicomSendStatus.Sent, acquisition, session));
        Assert.Equal(expected, ReportName.Of(tally, new DateTime(2026, 1, 2, 3, 4, 5), ReportNameStyle.Local, RunEnd.Complete) + ".csv");
    }
}
