using FlywheelDicom.Transfer.Reporting;

namespace FlywheelDicom.Unit.Transfer;

public sealed class ReportOverSourceTests
{
    private static readonly DicomDestination s_destination = new() { Host = "pacs" };

    [Theory]
    [InlineData("a.dcm", "a.dcm", 1)]
    [InlineData("a.csv", "a_failures.csv", 1)]
    [InlineData("a.csv", "a.html", 1)]
    [InlineData("a.csv", "b.csv", 0)]
    public void What_was_sent_is_never_written_over(string report, string source, int problems)
    {
        var folder = Directory.CreateTempSubdirectory("fwdicom-report").FullName;
        try
        {
            var path = Path.Combine(folder, source);
            File.WriteAllText(path, "image");
            using var writer = new SendReport(ReportPlace.InFile(Path.Combine(folder, report)), ReportNameStyle.Local);
            writer.Add(new DicomSendResult
            {
                Name = path, Status = DicomSendStatus.Failed, Destination = s_destination, ErrorId = "DicomStoreFailed", Reason = "no",
                Origin = new DicomOrigin { FileName = source, LocalPath = path },
            });
            var written = writer.WriteWithPage(RunEnd.Complete);
            Assert.Equal("image", File.ReadAllText(path));
            Assert.Equal(problems, writer.Problems.Count);
            Assert.All(writer.Problems, p => Assert.Contains("the file that was sent", p.Message, StringComparison.Ordinal));
            Assert.Single(written.Rows);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
