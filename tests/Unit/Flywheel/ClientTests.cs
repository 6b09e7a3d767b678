using System.Globalization;
using FlywheelDicom.Flywheel;
using FlywheelDicom.FlywheelDouble;
using FlywheelDicom.TestSupport;
using Double = FlywheelDicom.FlywheelDouble.FlywheelDouble;

namespace FlywheelDicom.Unit.Flywheel;

public sealed class ClientTests
{
    private const FlywheelContainerKind Acquisition = FlywheelContainerKind.Acquisition;

    /// <summary>Its times are longer than a loaded machine needs, unless one has to run out.</summary>
    private static FlywheelClient Client(Double server, double retrySeconds = 60, double readSeconds = 30)
        => new(FlywheelApiKey.Parse(server.Key), new FlywheelClientOptions
        {
            RetryTime = TimeSpan.FromSeconds(retrySeconds), ReadTimeout = TimeSpan.FromSeconds(readSeconds), UserAgent = "tests",
        });

    private static double FitFor(FaultKind kind) => kind is FaultKind.Silence or FaultKind.Stall ? 1 : 30;

    private static StoredContainer AddAcquisition(Double server)
    {
        var session = server.AddChild(server.AddChild(server.AddChild(server.AddGroup("g"), "P"), "S"), "Baseline");
        return server.AddChild(session, "t2*");
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> DownloadAsync(FlywheelClient client, StoredContainer acquisition, string name)
    {
        var entry = await client.FindFileAsync(Acquisition, acquisition.Id, name, default);
        using var target = new MemoryStream();
        await client.DownloadAsync(Acquisition, acquisition.Id, entry!, target, default);
        return target.ToArray();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Connecting_tells_who_and_what(bool isOld, bool isDevice)
    {
        await using var server = await Double.StartAsync(new DoubleOptions { IsOld = isOld, IsDevice = isDevice, SignedUrls = true });
        using var client = Client(server);
        var site = await client.ConnectAsync(default);
        Assert.Equal(isDevice ? "device-7" : "jane@example.org", site.UserId);
        Assert.Equal((isDevice, true, isOld ? null : "21.4.0"), (site.IsDevice, site.TakesSignedUploads, site.Release));
    }

    [Fact]
    public async Task Key_of_the_new_kind_is_taken()
    {
        await using var server = await Double.StartAsync(new DoubleOptions { Secret = new string('k', 57) });
        using var client = Client(server);
        Assert.Equal("jane@example.org", (await client.ConnectAsync(default)).UserId);
    }

    [Fact]
    public async Task Wrong_key_is_told_at_once()
    {
        await using var server = await Double.StartAsync();
        using var client = new FlywheelClient(FlywheelApiKey.Parse($"127.0.0.1:{server.Port}:__force_insecure:WRONGSECRET"), new FlywheelClientOptions());
        var e = await Assert.ThrowsAsync<FlywheelException>(() => client.ConnectAsync(default));
        Assert.Equal(FlywheelError.Unauthorized, e.Error);
        Assert.DoesNotContain("WRONGSECRET", e.ToString(), StringComparison.Ordinal);
        Assert.Contains("req-4711", e.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Instance_that_is_down_is_told_within_the_retry_time()
    {
        using var closed = new ClosedPort();
        using var client = new FlywheelClient(FlywheelApiKey.Parse($"127.0.0.1:{closed.Number}:__force_insecure:x"), new FlywheelClientOptions { RetryTime = TimeSpan.FromSeconds(2) });
        var started = System.Diagnostics.Stopwatch.StartNew();
        var e = await Assert.ThrowsAsync<FlywheelException>(() => client.ConnectAsync(default));
        Assert.Equal(FlywheelError.Unreachable, e.Error);
        Assert.True(started.Elapsed < TimeSpan.FromSeconds(15));
    }

    [Theory]
    [InlineData(false, int.MaxValue)]
    [InlineData(true, int.MaxValue)]
    [InlineData(false, 100)]
    public async Task List_is_read_whole(bool isOld, int pageCap)
    {
        await using var server = await Double.StartAsync(new DoubleOptions { IsOld = isOld, PageCap = pageCap });
        var subject = server.AddChild(server.AddChild(server.AddGroup("g"), "P"), "S");
        for (var i = 0; i < 620; i++)
            server.AddChild(subject, $"session {i}");
        using var client = Client(server);
        Assert.Equal(620, await CountAsync(client, subject, null));
        if (!isOld)
            Assert.Equal(1, await CountAsync(client, subject, "label=session 7"));
    }

    [Theory]
    [InlineData(FaultKind.RepeatPage, 0)]
    [InlineData(FaultKind.ShrinkPage, 500)]
    [InlineData(FaultKind.Cut, 0)]
    [InlineData(FaultKind.Silence, 0)]
    [InlineData(FaultKind.Reset, 0)]
    [InlineData(FaultKind.Status, 429)]
    [InlineData(FaultKind.Status, 500)]
    [InlineData(FaultKind.Html, 502)]
    public async Task List_is_whole_whatever_happens_to_a_page(FaultKind kind, int status)
    {
        await using var server = await Double.StartAsync();
        var subject = server.AddChild(server.AddChild(server.AddGroup("g"), "P"), "S");
        for (var i = 0; i < 620; i++)
            server.AddChild(subject, $"session {i}");
        server.Add(new Fault { Kind = kind, Path = "after_id", Status = status });
        using var client = Client(server, readSeconds: FitFor(kind));
        Assert.Equal(620, await CountAsync(client, subject, null));
    }

    [Fact]
    public async Task Page_of_html_with_a_good_status_is_no_list()
    {
        await using var server = await Double.StartAsync();
        server.Add(new Fault { Kind = FaultKind.Html, Path = "sessions", Status = 200 });
        using var client = Client(server);
        var e = await Assert.ThrowsAsync<FlywheelException>(async () =>
        {
            await foreach (var _ in client.ListAsync(FlywheelContainerKind.Session, null, null, default))
            {
                // Nothing comes.
            }
        });
        Assert.Equal(FlywheelError.BadAnswer, e.Error);
    }

    private static async Task<int> CountAsync(FlywheelClient client, StoredContainer subject, string? filter)
    {
        var ids = new HashSet<string>();
        await foreach (var session in client.ListAsync(FlywheelContainerKind.Session, (FlywheelContainerKind.Subject, subject.Id), filter, default))
            Assert.True(ids.Add(session.Id));
        return ids.Count;
    }

    [Theory]
    [InlineData("g/P/S/Baseline")]
    [InlineData("fw://g/P/S/Baseline/")]
    [InlineData("g/P/<id:000000000000000000000002>/Baseline")]
    public async Task Path_is_resolved(string path)
    {
        await using var server = await Double.StartAsync();
        var session = AddAcquisition(server).Parent!;
        using var client = Client(server);
        var container = await client.ResolveAsync(FlywheelPath.Parse(path), default);
        Assert.Equal((session.Id, FlywheelContainerKind.Session), (container.Id, container.Kind));
    }

    [Theory]
    [InlineData("plain.zip")]
    [InlineData("with space #1?&%41;+é.zip")]
    [InlineData("a/b.zip")]
    [InlineData("..")]
    public async Task File_of_any_name_is_fetched(string name)
    {
        await using var server = await Double.StartAsync();
        var acquisition = AddAcquisition(server);
        acquisition.Add(name, Bytes(1000));
        using var client = Client(server);
        Assert.Equal(Bytes(1000), await DownloadAsync(client, acquisition, name));
    }

    [Theory]
    [InlineData(FaultKind.Cut, 0, false)]
    [InlineData(FaultKind.Cut, 0, true)]
    [InlineData(FaultKind.Stall, 0, false)]
    [InlineData(FaultKind.Stall, 0, true)]
    [InlineData(FaultKind.Short, 0, false)]
    [InlineData(FaultKind.Garbled, 0, false)]
    [InlineData(FaultKind.Silence, 0, false)]
    [InlineData(FaultKind.Reset, 0, false)]
    [InlineData(FaultKind.ExpiredUrl, 0, true)]
    [InlineData(FaultKind.Status, 408, false)]
    [InlineData(FaultKind.Status, 425, false)]
    [InlineData(FaultKind.Status, 429, false)]
    [InlineData(FaultKind.Status, 500, false)]
    [InlineData(FaultKind.Status, 503, true)]
    [InlineData(FaultKind.Html, 502, false)]
    [InlineData(FaultKind.Html, 504, false)]
    public async Task Download_heals(FaultKind kind, int status, bool redirects)
    {
        await using var server = await Double.StartAsync(new DoubleOptions { RedirectsDownloads = redirects });
        var acquisition = AddAcquisition(server);
        acquisition.Add("a.zip", Bytes(3_000_000));
        server.Add(new Fault { Kind = kind, Path = redirects && kind != FaultKind.ExpiredUrl ? "/bucket/" : "files/a.zip", Status = status });
        using var client = Client(server, readSeconds: FitFor(kind));
        Assert.Equal(Bytes(3_000_000), await DownloadAsync(client, acquisition, "a.zip"));
        Assert.Empty(server.Violations);
        if (kind is FaultKind.Cut or FaultKind.Stall)
            Assert.Contains(server.Requests, r => r.Contains("bytes=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(FaultKind.Cut, false)]
    [InlineData(FaultKind.Cut, true)]
    public async Task Download_starts_over_where_the_server_knows_no_range(FaultKind kind, bool hidesSize)
    {
        await using var server = await Double.StartAsync(new DoubleOptions { IsOld = true });
        var acquisition = AddAcquisition(server);
        acquisition.Add("a.zip", Bytes(1_000_000)).HidesSize = hidesSize;
        server.Add(new Fault { Kind = kind, Path = "files/a.zip" });
        using var client = Client(server);
        Assert.Equal(Bytes(1_000_000), await DownloadAsync(client, acquisition, "a.zip"));
    }

    [Fact]
    public async Task Part_that_begins_elsewhere_is_not_taken()
    {
        await using var server = await Double.StartAsync();
        var acquisition = AddAcquisition(server);
        acquisition.Add("a.zip", Bytes(1_000_000));
        server.Add(new Fault { Kind = FaultKind.Cut, Path = "files/a.zip" });
        server.Add(new Fault { Kind = FaultKind.WrongRange, Path = "files/a.zip", Times = 3 });
        using var client = Client(server);
        Assert.Equal(Bytes(1_000_000), await DownloadAsync(client, acquisition, "a.zip"));
    }

    [Fact]
    public async Task Download_that_keeps_moving_is_not_given_up()
    {
        await using var server = await Double.StartAsync();
        var acquisition = AddAcquisition(server);
        acquisition.Add("a.zip", Bytes(4_000_000));
        // Eight cuts of 0.5 s and more each: past the retry time as a whole, never between two bytes.
        server.Add(new Fault { Kind = FaultKind.Cut, Path = "files/a.zip", Times = 8 });
        using var client = Client(server, retrySeconds: 3);
        Assert.Equal(Bytes(4_000_000), await DownloadAsync(client, acquisition, "a.zip"));
    }

    [Fact]
    public async Task Signed_URL_may_run_out_more_than_once()
    {
        await using var server = await Double.StartAsync(new DoubleOptions { RedirectsDownloads = true });
        var acquisition = AddAcquisition(server);
        acquisition.Add("a.zip", Bytes(3_000_000));
        for (var i = 0; i < 3; i++)
        {
            server.Add(new Fault { Kind = FaultKind.Cut, Path = "/bucket/object?signature=", After = 2 * i });
            server.Add(new Fault { Kind = FaultKind.ExpiredUrl, Path = "files/a.zip", After = 1 + 2 * i });
        }
        using var client = Client(server);
        Assert.Equal(Bytes(3_000_000), await DownloadAsync(client, acquisition, "a.zip"));
        Assert.Empty(server.Violations);
    }

    [Fact]
    public async Task File_that_was_replaced_meanwhile_is_taken_anew()
    {
        await using var server = await Double.StartAsync();
        var acquisition = AddAcquisition(server);
        var file = acquisition.Add("a.zip", Bytes(1000));
        using var client = Client(server);
        var entry = await client.FindFileAsync(Acquisition, acquisition.Id, "a.zip", default);
        file.Bytes = Bytes(2000);
        using var target = new MemoryStream();
        var taken = await client.DownloadAsync(Acquisition, acquisition.Id, entry!, target, default);
        Assert.Equal(2000, taken.Size);
        Assert.Equal(Bytes(2000), target.ToArray());
    }

    [Theory]
    [InlineData(FaultKind.Status, 403, nameof(FlywheelError.Forbidden))]
    [InlineData(FaultKind.Status, 404, nameof(FlywheelError.NotFound))]
    [InlineData(FaultKind.Status, 401, nameof(FlywheelError.Unauthorized))]
    [InlineData(FaultKind.RedirectLoop, 0, nameof(FlywheelError.RedirectRefused))]
    [InlineData(FaultKind.Garbled, 0, nameof(FlywheelError.DownloadIncomplete))]
    [InlineData(FaultKind.Status, 500, nameof(FlywheelError.ServerError))]
    [InlineData(FaultKind.ExpiredUrl, 0, nameof(FlywheelError.Forbidden))]
    public async Task Download_that_does_not_heal_fails_with_its_reason(FaultKind kind, int status, string error)
    {
        await using var server = await Double.StartAsync();
        var acquisition = AddAcquisition(server);
        acquisition.Add("a.zip", Bytes(1000));
        server.Add(new Fault { Kind = kind, Path = "files/a.zip", Status = status, Times = int.MaxValue });
        using var client = Client(server, retrySeconds: 1.5);
        var e = await Assert.ThrowsAsync<FlywheelException>(() => DownloadAsync(client, acquisition, "a.zip"));
        Assert.Equal(error, e.Error.ToString());
        Assert.DoesNotContain("signature", e.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("s3cr3t", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2", 1.9)]
    [InlineData("date", 0)]
    public async Task Wait_that_the_server_asks_for_is_kept(string retryAfter, double least)
    {
        await using var server = await Double.StartAsync();
        server.Add(new Fault { Kind = FaultKind.Status, Path = "users/self", Status = 429, RetryAfter = retryAfter });
        using var client = Client(server);
        var started = System.Diagnostics.Stopwatch.StartNew();
        await client.ConnectAsync(default);
        Assert.True(started.Elapsed.TotalSeconds >= least);
    }

    [Fact]
    public async Task Wait_longer_than_the_retry_time_is_not_begun()
    {
        await using var server = await Double.StartAsync();
        server.Add(new Fault { Kind = FaultKind.Status, Path = "users/self", Status = 503, RetryAfter = "3600" });
        using var client = Client(server);
        var started = System.Diagnostics.Stopwatch.StartNew();
        await Assert.ThrowsAsync<FlywheelException>(() => client.ConnectAsync(default));
        Assert.True(started.Elapsed.TotalSeconds < 15);
    }

    [Theory]
    [InlineData(false, false, "", FaultKind.LostAnswer)]
    [InlineData(true, false, "", FaultKind.LostAnswer)]
    [InlineData(true, true, "", FaultKind.LostAnswer)]
    [InlineData(false, false, "POST", FaultKind.LostAnswer)]
    [InlineData(true, false, "ticket=0", FaultKind.LostAnswer)]
    [InlineData(true, false, "/upload/", FaultKind.Status)]
    [InlineData(false, false, "POST", FaultKind.Status)]
    public async Task Report_is_uploaded(bool signed, bool refuses, string faultAt, FaultKind kind)
    {
        await using var server = await Double.StartAsync(new DoubleOptions { SignedUrls = signed, RefusesTickets = refuses });
        var session = AddAcquisition(server).Parent!;
        using var client = Client(server);
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "a,b\n");
        if (faultAt == "ticket=0")
            server.Add(new Fault { Kind = kind, Path = "/files?ticket=", Method = "POST", After = 1 });
        else if (faultAt.Length > 0)
            server.Add(new Fault { Kind = kind, Path = faultAt == "POST" ? "/files" : faultAt, Method = faultAt == "POST" ? "POST" : "PUT", Status = 503 });
        await client.UploadAsync(FlywheelContainerKind.Session, session.Id, "report.csv", path, signed ? UploadRoute.SignedUrl : UploadRoute.Api, default);
        File.Delete(path);
        Assert.All(server.Uploads, u => Assert.Equal(("report.csv", "a,b\n"), (u.Name, System.Text.Encoding.UTF8.GetString(u.Bytes))));
        Assert.Single(session.Files);
        Assert.Empty(server.Violations);
    }

    [Fact]
    public async Task Job_whose_answer_was_lost_is_found_and_not_added_again()
    {
        await using var server = await Double.StartAsync();
        server.Add(new Fault { Kind = FaultKind.LostAnswer, Path = "jobs/add" });
        using var client = Client(server);
        var job = new FlywheelJobRequest
        {
            GearId = "g", Destination = new FlywheelParent("session", "1"), Tags = ["campaign"],
            Config = new Dictionary<string, object?> { ["destination"] = "pacs", ["port"] = 104, ["tls_enabled"] = false },
        };
        var id = await client.AddJobAsync(job, "only-this-one", default);
        Assert.Equal(id, (string?)Assert.Single(server.Jobs)["_id"]);
    }

    [Fact]
    public async Task Cancellation_ends_a_download_at_once()
    {
        await using var server = await Double.StartAsync();
        var acquisition = AddAcquisition(server);
        acquisition.Add("a.zip", Bytes(1000));
        server.Add(new Fault { Kind = FaultKind.Stall, Path = "files/a.zip" });
        using var client = Client(server);
        var entry = await client.FindFileAsync(Acquisition, acquisition.Id, "a.zip", default);
        using var stop = new CancellationTokenSource(300);
        var started = System.Diagnostics.Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.DownloadAsync(Acquisition, acquisition.Id, entry!, new MemoryStream(), stop.Token));
        Assert.True(started.Elapsed.TotalSeconds < 15, started.Elapsed.TotalSeconds.ToString(CultureInfo.InvariantCulture));
    }
}
