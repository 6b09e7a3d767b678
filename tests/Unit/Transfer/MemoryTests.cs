using FlywheelDicom.Transfer.Reporting;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>Tests of these run alone: what others allocate meanwhile would be counted.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone";
}

/// <summary>What a run of hundreds of thousands of instances holds in memory.</summary>
[Collection(AloneCollection.Name)]
public sealed class MemoryTests
{
    private const int Count = 200_000;

    /// <summary>Of each UID no more is held than hashes and a name.</summary>
    [Fact]
    public void What_a_long_run_remembers_is_small()
    {
        var stored = new StoredInstances();
        var before = GC.GetTotalMemory(true);
        for (var number = 0; number < Count; number++)
            stored.Note(Result($"series/{number:000000}.dcm", DicomSendStatus.Sent) with { SopInstanceUid = $"1.2.826.0.1.3680043.{number}", Bytes = number }, null);
        Assert.InRange((GC.GetTotalMemory(true) - before) / (double)Count, 0, 110);
        GC.KeepAlive(stored);
    }

    [Fact]
    public void Failures_without_number_take_none()
    {
        var folder = Directory.CreateTempSubdirectory("fwdicom-report-").FullName;
        try
        {
            using var report = new SendReport(ReportPlace.InFolder(folder), ReportNameStyle.Local);
            var result = Result("a.zip", DicomSendStatus.Failed) with { SopInstanceUid = "1.2.3", Reason = new string('r', 200), ErrorId = "DicomStoreFailed" };
            report.Add(result);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            for (var i = 1; i < Count; i++)
                report.Add(result);
            Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 4 << 20);
            var written = report.WriteWithPage(RunEnd.Complete);
            Assert.Equal(Count + 1, File.ReadLines(written.FailuresPath!).Count());
            var page = File.ReadAllText(written.HtmlPath!);
            Assert.Contains($"The first 1\u202F000 stand here, and 199\u202F000 more do not, see {Path.GetFileName(written.FailuresPath)}", page, StringComparison.Ordinal);
            Assert.InRange(page.Length, 0, 1 << 20);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static DicomSendResult Result(string name, DicomSendStatus status) => new()
    {
        Name = name, Origin = new DicomOrigin { FileName = "series.zip" }, Destination = JobRun.At(104), Status = status,
    };
}
