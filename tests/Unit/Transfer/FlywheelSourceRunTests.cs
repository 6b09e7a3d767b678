using System.IO.Compression;
using System.Text.Json.Nodes;
using FlywheelDicom.Flywheel;
using FlywheelDicom.FlywheelDouble;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Flywheel;
using FlywheelDicom.Transfer.Sources;
using Double = FlywheelDicom.FlywheelDouble.FlywheelDouble;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>A run over a project or subject: what fails in it takes its place, and the rest goes on.</summary>
public sealed class FlywheelSourceRunTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(FaultKind.Status, 403)]
    [InlineData(FaultKind.Status, 404)]
    [InlineData(FaultKind.Status, 500)]
    [InlineData(FaultKind.Html, 200)]
    [InlineData(FaultKind.Reset, 0)]
    public async Task Session_that_fails_is_a_row_and_the_rest_goes_on(FaultKind kind, int status)
    {
        await using var server = await Double.StartAsync();
        var (project, sessions) = AddProject(server, 4);
        server.Add(new Fault { Kind = kind, Status = status, Path = $"sessions/{sessions[1].Id}/acquisitions", Times = int.MaxValue });
        var files = await ReadAsync(server, FlywheelContainerKind.Project, project.Id);
        Assert.Equal(3, files.Count(f => f.ProblemDetail is null));
        var failed = Assert.Single(files, f => f.ProblemDetail is not null);
        Assert.Equal((DicomProblem.NotListed, "g/P/S/session 1", sessions[1].Id), (failed.ProblemDetail!.Id, failed.Origin.FlywheelPath, failed.Origin.SessionId));
        Assert.Contains(sessions[1].Id, failed.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FaultKind.Status, 403)]
    [InlineData(FaultKind.Status, 500)]
    [InlineData(FaultKind.Html, 200)]
    public async Task Acquisition_that_fails_is_a_row_and_the_rest_goes_on(FaultKind kind, int status)
    {
        await using var server = await Double.StartAsync(new DoubleOptions { ListsWithoutFiles = true });
        var (project, sessions) = AddProject(server, 3);
        var acquisition = sessions[1].Children[0];
        server.Add(new Fault { Kind = kind, Status = status, Path = $"acquisitions/{acquisition.Id}", Times = int.MaxValue });
        var files = await ReadAsync(server, FlywheelContainerKind.Subject, project.Children[0].Id);
        Assert.Equal(2, files.Count(f => f.ProblemDetail is null));
        var failed = Assert.Single(files, f => f.ProblemDetail is not null);
        Assert.Equal(("g/P/S/session 1/t1", acquisition.Id), (failed.Origin.FlywheelPath, failed.Origin.AcquisitionId));
    }

    [Fact]
    public async Task List_of_sessions_that_breaks_off_is_a_row_of_the_project()
    {
        await using var server = await Double.StartAsync(new DoubleOptions { PageCap = 2 });
        var (project, _) = AddProject(server, 5);
        server.Add(new Fault { Kind = FaultKind.Status, Status = 500, Path = "after_id=" + project.Children[0].Children[3].Id, Times = int.MaxValue });
        var files = await ReadAsync(server, FlywheelContainerKind.Project, project.Id);
        Assert.Equal(4, files.Count(f => f.ProblemDetail is null));
        var failed = files[^1];
        Assert.Equal((DicomProblem.NotListed, "g/P", project.Id), (failed.ProblemDetail!.Id, failed.Origin.FlywheelPath, failed.Origin.ProjectId));
    }

    [Fact]
    public async Task First_file_is_fetched_before_the_second_page_is_listed()
    {
        await using var server = await Double.StartAsync(new DoubleOptions { PageCap = 2 });
        var (project, _) = AddProject(server, 12);
        using var client = Client(server);
        var files = Source(client).Read(Catalog(client).ReadAsync(Selection(FlywheelContainerKind.Project, project.Id)));
        Assert.NotNull(files.First().SopInstanceUid);
        var requests = server.Requests.ToList();
        var pages = requests.Count(r => r.Contains("projects/", StringComparison.Ordinal) && r.Contains("/sessions?", StringComparison.Ordinal));
        // What is read ahead is bounded: six pages and the empty one would be all.
        Assert.InRange(pages, 1, 5);
    }

    [Theory]
    [InlineData("sessions/", 500)]
    [InlineData("subjects/", 500)]
    public async Task Label_that_cannot_be_had_leaves_its_id_and_is_asked_for_once(string what, int status)
    {
        await using var server = await Double.StartAsync();
        var (project, sessions) = AddProject(server, 1);
        var acquisition = sessions[0].Children[0];
        var id = what == "sessions/" ? sessions[0].Id : project.Children[0].Id;
        server.Add(new Fault { Kind = FaultKind.Status, Status = status, Path = what + id, Times = int.MaxValue });
        var file = Assert.Single(await ReadAsync(server, FlywheelContainerKind.Acquisition, acquisition.Id));
        Assert.Null(file.Problem);
        Assert.Contains(what == "sessions/" ? id : "/S/", file.Origin.FlywheelPath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_that_ends_in_mid_run_is_told_of_each_and_tried_no_more()
    {
        await using var server = await Double.StartAsync();
        var (project, _) = AddProject(server, 40);
        server.Add(new Fault { Kind = FaultKind.Status, Status = 401, Path = "/files/", After = 5, Times = 1000 });
        server.Add(new Fault { Kind = FaultKind.Status, Status = 401, Path = "/acquisitions?limit=250", After = 20, Times = 1000 });
        var files = await ReadAsync(server, FlywheelContainerKind.Project, project.Id);
        Assert.Equal(5, files.Count(f => f.ProblemDetail is null));
        Assert.All(files.Where(f => f.ProblemDetail is not null), f => Assert.Contains("API key is not valid", f.Problem, StringComparison.Ordinal));
        Assert.Equal(40, files.Count);
        Assert.InRange(server.Requests.Count(r => r.Contains("/files/", StringComparison.Ordinal)), 6, 10);
        Assert.InRange(server.Requests.Count(r => r.Contains("/acquisitions?", StringComparison.Ordinal)), 20, 42);
    }

    [Fact]
    public async Task Instance_that_is_gone_is_not_waited_for_at_each_file()
    {
        await using var server = await Double.StartAsync();
        var (_, sessions) = AddProject(server, 1);
        for (var i = 0; i < 40; i++)
            sessions[0].Children[0].Add($"{i:00}.dcm", Instance(i));
        server.Add(new Fault { Kind = FaultKind.Reset, Path = "/files/", Times = int.MaxValue });
        var started = System.Diagnostics.Stopwatch.StartNew();
        var files = await ReadAsync(server, FlywheelContainerKind.Session, sessions[0].Id, retrySeconds: 2);
        Assert.Equal(41, files.Count(f => f.ProblemDetail?.Id == DicomProblem.NotDownloaded));
        Assert.Contains(files, f => f.Problem!.StartsWith("Not tried: ", StringComparison.Ordinal));
        Assert.True(started.Elapsed < TimeSpan.FromSeconds(20), started.Elapsed.ToString());
    }

    [Fact]
    public async Task Instance_that_is_gone_is_not_waited_for_at_each_session()
    {
        await using var server = await Double.StartAsync();
        var (project, sessions) = AddProject(server, 40);
        server.Add(new Fault { Kind = FaultKind.Reset, Path = "/acquisitions?", Times = int.MaxValue });
        var files = await ReadAsync(server, FlywheelContainerKind.Project, project.Id, retrySeconds: 2);
        Assert.Equal(sessions.Select(s => s.Id), files.Select(f => f.Origin.SessionId));
        Assert.All(files, f => Assert.Equal(DicomProblem.NotListed, f.ProblemDetail?.Id));
        Assert.Contains("Not tried: ", files[^1].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instance_that_is_in_trouble_is_tried_once_for_each_file_until_it_is_well()
    {
        await using var server = await Double.StartAsync();
        var (_, sessions) = AddProject(server, 1);
        for (var i = 0; i < 20; i++)
            sessions[0].Children[0].Add($"b{i:00}.dcm", Instance(i));
        server.Add(new Fault { Kind = FaultKind.Status, Status = 500, Path = "/files/b0", Times = int.MaxValue });
        var files = await ReadAsync(server, FlywheelContainerKind.Session, sessions[0].Id, retrySeconds: 2);
        Assert.Equal(10, files.Count(f => f.ProblemDetail is not null));
        Assert.Equal(11, files.Count(f => f.ProblemDetail is null));
    }

    [Theory]
    [InlineData("""{"type":"DICOM"}""", "a.dcm")]
    [InlineData("""{"size":-1}""", "a.dcm")]
    [InlineData("""{"size":null,"hash":""}""", "a.dcm")]
    [InlineData("""{"name":null}""", "<id:")]
    [InlineData("""{"name":null,"file_id":null}""", "(a file without a name):DownloadFailed")]
    [InlineData("""{"deleted":"2026-01-01T00:00:00Z"}""", null)]
    public async Task Odd_entry_is_fetched_or_told(string odd, string? expected)
    {
        await using var server = await Double.StartAsync();
        var (_, sessions) = AddProject(server, 1);
        sessions[0].Children[0].Add("a.dcm", Instance(9)).Odd = JsonNode.Parse(odd)!.AsObject();
        var files = await ReadAsync(server, FlywheelContainerKind.Session, sessions[0].Id);
        var others = files.Where(f => f.Origin.FileName != "0.dcm").Select(f => f.Origin.FileName + (f.ProblemDetail is { } p ? ":" + p.Id : "")).ToList();
        if (expected is null)
            Assert.Empty(others);
        else
            Assert.StartsWith(expected, Assert.Single(others), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Acquisition_that_was_deleted_is_left_out()
    {
        await using var server = await Double.StartAsync();
        var (_, sessions) = AddProject(server, 1);
        var deleted = server.AddChild(sessions[0], "t2");
        deleted.Add("b.dcm", Instance(2));
        deleted.Odd = JsonNode.Parse("""{"deleted":"2026-01-01T00:00:00Z"}""")!.AsObject();
        Assert.Equal("0.dcm", Assert.Single(await ReadAsync(server, FlywheelContainerKind.Session, sessions[0].Id)).Origin.FileName);
    }

    [Fact]
    public async Task File_that_is_listed_twice_is_fetched_once()
    {
        await using var server = await Double.StartAsync();
        var (_, sessions) = AddProject(server, 1);
        var files = sessions[0].Children[0].Files;
        files.Add(files[0]);
        Assert.Single(await ReadAsync(server, FlywheelContainerKind.Session, sessions[0].Id));
    }

    [Fact]
    public async Task Files_of_one_name_are_each_fetched_by_their_id()
    {
        await using var server = await Double.StartAsync();
        var (_, sessions) = AddProject(server, 1);
        var acquisition = sessions[0].Children[0];
        var second = acquisition.Add("0.dcm", Instance(7));
        var files = await ReadAsync(server, FlywheelContainerKind.Session, sessions[0].Id);
        Assert.Equal(2, files.Select(f => f.SopInstanceUid).Distinct().Count());
        var e = await Assert.ThrowsAsync<FlywheelException>(() => ReadAsync(server, FlywheelContainerKind.Acquisition, acquisition.Id, name: "0.dcm"));
        Assert.Equal(FlywheelError.Ambiguous, e.Error);
        Assert.Contains(second.FileId, e.Message, StringComparison.Ordinal);
        var one = Assert.Single(await ReadAsync(server, FlywheelContainerKind.Acquisition, acquisition.Id, name: $"<id:{second.FileId}>"));
        Assert.EndsWith(".7", one.SopInstanceUid, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(4, 1)]
    [InlineData(null, 0)]
    public async Task Zip_with_fewer_members_than_Flywheel_counted_is_told(int? stated, int problems)
    {
        await using var server = await Double.StartAsync();
        var (_, sessions) = AddProject(server, 1);
        sessions[0].Children[0].Add("a.zip", Zip(3)).Odd = new JsonObject { ["zip_member_count"] = stated };
        var files = (await ReadAsync(server, FlywheelContainerKind.Session, sessions[0].Id)).Where(f => f.Origin.FileName == "a.zip").ToList();
        Assert.Equal(3, files.Count(f => f.ProblemDetail is null));
        Assert.Equal(problems, files.Count(f => f.ProblemDetail?.Id == DicomProblem.BadArchive));
    }

    [Fact]
    public async Task Folder_that_cannot_take_a_file_is_named_and_not_Flywheel()
    {
        await using var server = await Double.StartAsync();
        var (_, sessions) = AddProject(server, 2);
        var missing = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        var files = await ReadAsync(server, FlywheelContainerKind.Project, sessions[0].Ancestor("project")!.Id, space: new SpoolSpace { Folder = missing });
        Assert.Equal(2, files.Count);
        Assert.All(files, f => Assert.Contains($"temporary folder '{missing}'", f.Problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Download_that_is_larger_than_is_sane_costs_itself_alone()
    {
        await using var server = await Double.StartAsync();
        var (_, sessions) = AddProject(server, 1);
        sessions[0].Children[0].Add("a.dcm", new byte[2_000_000]);
        sessions[0].Children[0].Add("b.dcm", Instance(2));
        var files = await ReadAsync(server, FlywheelContainerKind.Session, sessions[0].Id, space: new SpoolSpace { MaxExpandedSize = 1_000_000 });
        Assert.Equal(["", "DownloadFailed", ""], files.Select(f => f.ProblemDetail?.Id ?? ""));
    }

    [Fact]
    public async Task Cancellation_ends_a_listing_at_once()
    {
        await using var server = await Double.StartAsync();
        var (project, sessions) = AddProject(server, 2);
        server.Add(new Fault { Kind = FaultKind.Silence, Path = $"sessions/{sessions[1].Id}/acquisitions", Times = int.MaxValue });
        using var stop = new CancellationTokenSource();
        using var client = Client(server);
        var source = new FlywheelSource(client, new FlywheelHealth(TimeProvider.System), new SpoolSpace(), _ => { }, stop.Token);
        var files = source.Read(new FlywheelCatalog(client, new FlywheelHealth(TimeProvider.System), stop.Token).ReadAsync(Selection(FlywheelContainerKind.Project, project.Id)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Run(() =>
        {
            foreach (var _ in files)
                stop.CancelAfter(200);
        }).WaitAsync(s_limit));
    }

    private static async Task<List<DicomFile>> ReadAsync(
        Double server, FlywheelContainerKind kind, string id, double retrySeconds = 1, string? name = null, SpoolSpace? space = null)
    {
        using var client = Client(server, retrySeconds);
        var source = new FlywheelSource(client, new FlywheelHealth(TimeProvider.System), space ?? new SpoolSpace(), _ => { }, default);
        var items = Catalog(client).ReadAsync(Selection(kind, id) with { FileName = name });
        return await Task.Run(() => source.Read(items).ToList()).WaitAsync(s_limit);
    }

    private static FlywheelSelection Selection(FlywheelContainerKind kind, string id) => new() { Kind = kind, ContainerId = id };

    private static FlywheelCatalog Catalog(FlywheelClient client) => new(client, new FlywheelHealth(TimeProvider.System), default);

    private static FlywheelSource Source(FlywheelClient client) => new(client, new FlywheelHealth(TimeProvider.System), new SpoolSpace(), _ => { }, default);

    private static FlywheelClient Client(Double server, double retrySeconds = 60)
        => new(FlywheelApiKey.Parse(server.Key), new FlywheelClientOptions { RetryTime = TimeSpan.FromSeconds(retrySeconds), UserAgent = "tests" });

    private static (StoredContainer Project, List<StoredContainer> Sessions) AddProject(Double server, int sessions)
    {
        var project = server.AddChild(server.AddGroup("g"), "P");
        var subject = server.AddChild(project, "S");
        var all = Enumerable.Range(0, sessions).Select(i => server.AddChild(subject, $"session {i}")).ToList();
        foreach (var (session, i) in all.Select((s, i) => (s, i)))
            server.AddChild(session, "t1").Add($"{i}.dcm", Instance(i));
        return (project, all);
    }

    private static byte[] Instance(int number) => new SyntheticInstance { Number = number, Rows = 16, Columns = 16 }.ToArray();

    private static byte[] Zip(int count)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < count; i++)
            {
                using var entry = zip.CreateEntry($"{i}.dcm", CompressionLevel.NoCompression).Open();
                entry.Write(Instance(i));
            }
        }
        return stream.ToArray();
    }
}
