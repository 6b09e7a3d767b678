using System.Text.Json;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Monitoring;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer.Monitoring;

public sealed class RunLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fwdicom-log").FullName;
    private readonly List<string> _warnings = [];

    private const string Before = "{\"time\":\"2026-11-27T01:00:00.000Z\",\"level\":\"info\",\"event\":\"before\"}";

    private string LogPath => Path.Combine(_folder, "run.jsonl");

    public void Dispose() => Directory.Delete(_folder, true);

    private List<JsonElement> Lines() => [.. File.ReadAllLines(LogPath).Select(l => JsonDocument.Parse(l).RootElement)];

    [Fact]
    public void Lines_are_there_when_they_are_written_and_behind_what_was_there()
    {
        File.WriteAllText(LogPath, Before + "\n");
        using var log = RunLog.Open(LogPath, _warnings.Add, new StandingTime());
        log.Write(RunLogLevel.Warning, "something", ("text", "a \"b\"\n"), ("count", 3L), ("duration", TimeSpan.FromMilliseconds(1500)), ("is", true), ("missing", null));
        // It is open still.
        using var reader = new StreamReader(new FileStream(LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        Assert.Equal(Before, reader.ReadLine());
        var line = JsonDocument.Parse(reader.ReadLine()!).RootElement;
        Assert.Equal(("2026-11-28T22:25:07.000Z", "warning", "something"), (line.GetProperty("time").GetString(), line.GetProperty("level").GetString(), line.GetProperty("event").GetString()));
        Assert.Equal((3, 1.5, true), (line.GetProperty("count").GetInt32(), line.GetProperty("duration").GetDouble(), line.GetProperty("is").GetBoolean()));
        Assert.False(line.TryGetProperty("missing", out _));
    }

    [Theory]
    [InlineData("DICM")]
    [InlineData("\n" + Before)]
    [InlineData("Time\tDestination\n")]
    [InlineData("{\"event\":\"before\"}\n" + Before)]
    [InlineData("{\"time\":\"2026-11-27T01:00:00.000Z\"}\n")]
    [InlineData("{\"time\":\"noon\",\"event\":\"before\"}\n")]
    [InlineData("{\"time\":1,\"event\":\"before\"}\n")]
    [InlineData("{\"time\":\"2026-11-27T01:00:00.000Z\",\"event\":1}\n")]
    [InlineData("[" + Before + "]\n")]
    public void File_that_is_no_log_is_refused_and_left_as_it_is(string content)
    {
        File.WriteAllText(LogPath, content);
        var e = Assert.Throws<RunLogException>(() => RunLog.Open(LogPath, _warnings.Add));
        Assert.Equal($"'{LogPath}' is not a log of this module; it is left as it is. Name another file with -LogPath.", e.Message);
        Assert.Equal(content, File.ReadAllText(LogPath));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Before)]
    [InlineData(Before + "\nnot a line of ours\n")]
    public void Empty_file_and_former_log_are_taken(string content)
    {
        File.WriteAllText(LogPath, content);
        using (var log = RunLog.Open(LogPath, _warnings.Add))
            log.Write(RunLogLevel.Info, "again");
        Assert.StartsWith(content + "{\"time\":", File.ReadAllText(LogPath), StringComparison.Ordinal);
    }

    [UnixFact]
    public void Pipe_and_device_are_no_logs_and_not_opened()
    {
        Pipes.Make(LogPath);
        foreach (var path in (string[])[LogPath, "/dev/null"])
            Assert.IsNotType<RunLogException>(Assert.ThrowsAny<IOException>(() => RunLog.Open(path, _warnings.Add)));
    }

    [Fact]
    public void Many_threads_and_two_users_write_whole_lines()
    {
        using (var one = RunLog.Open(LogPath, _warnings.Add))
        using (var two = RunLog.Open(LogPath, _warnings.Add))
        {
            Assert.Same(one, two);
            Parallel.For(0, 2000, n => (n % 2 == 0 ? one : two).Write(RunLogLevel.Info, "instance.sent", ("number", n)));
        }
        Assert.Equal(Enumerable.Range(0, 2000), Lines().Select(l => l.GetProperty("number").GetInt32()).Order());
        // The last one closed it.
        using var again = RunLog.Open(LogPath, _warnings.Add);
        again.Write(RunLogLevel.Info, "again");
        Assert.Empty(_warnings);
    }

    [Fact]
    public void Log_that_cannot_be_written_is_told_once()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var log = RunLog.OpenDevice("/dev/full", _warnings.Add);
        for (var i = 0; i < 3; i++)
            log.Write(RunLogLevel.Info, "instance.sent");
        Assert.StartsWith("The log '/dev/full' cannot be written any more: ", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_is_told_from_its_first_association_to_its_last_without_the_patient()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Status = n => n == 2 ? 0xA900 : n == 3 ? 0xA700 : 0, ErrorComment = "DOE^JANE is unknown" });
        using (var log = RunLog.Open(LogPath, _warnings.Add))
        {
            var monitor = new SendMonitor(JobRun.At(peer.Port), TimeProvider.System, log);
            monitor.Start(1, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), 16384, null);
            var files = Enumerable.Range(1, 3).Select(n =>
            {
                var bytes = new SyntheticInstance { Number = n, PatientName = "DOE^JANE" }.ToArray();
                return DicomFile.Read(new MemorySource(bytes), $"DOE^JANE/{n}.dcm", new DicomOrigin { FileName = "DOE^JANE.zip" })!;
            }).ToArray();
            await JobRun.SendAsync(peer.Port, new StoreOptions { Monitor = monitor }, files);
            monitor.End("end");
        }
        var events = Lines().ConvertAll(l => l.GetProperty("event").GetString()!);
        Assert.Equal("send.start", events[0]);
        Assert.Equal("association.opened", events[1]);
        Assert.Equal(["association.closed", "send.end"], events[^2..]);
        Assert.Equal((2, 1, 1), (events.Count(e => e == "instance.sent"), events.Count(e => e == "instance.failed"), events.Count(e => e == "instance.retry")));
        var failed = Lines().Single(l => l.GetProperty("event").GetString() == "instance.failed");
        Assert.Equal(("error", "DicomStoreFailed"), (failed.GetProperty("level").GetString(), failed.GetProperty("errorId").GetString()));
        Assert.StartsWith("0xA900", failed.GetProperty("dicomStatus").GetString(), StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(failed.GetProperty("sopInstanceUid").GetString()));
        Assert.DoesNotContain("DOE", File.ReadAllText(LogPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outage_has_a_beginning_and_an_end()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Reject = n => n < 3 ? [3, 0, 0, 0, 0, 4, 0, 2, 3, 1] : null });
        using (var log = RunLog.Open(LogPath, _warnings.Add))
            await JobRun.SendAsync(peer.Port, new StoreOptions { Monitor = new SendMonitor(JobRun.At(peer.Port), TimeProvider.System, log) }, JobRun.File(1));
        var events = Lines().ConvertAll(l => l.GetProperty("event").GetString()!);
        Assert.Single(events, e => e == "outage.start");
        Assert.Single(events, e => e == "outage.end");
        Assert.Equal(["association.refused", "outage.start", "instance.retry"], events[..3]);
    }
}
