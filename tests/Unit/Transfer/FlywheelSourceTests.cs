using System.IO.Compression;
using FlywheelDicom.Flywheel;
using FlywheelDicom.FlywheelDouble;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Flywheel;
using FlywheelDicom.Transfer.Sources;
using Double = FlywheelDicom.FlywheelDouble.FlywheelDouble;

namespace FlywheelDicom.Unit.Transfer;

public sealed class FlywheelSourceTests
{
    private static FlywheelClient Client(Double server) => new(FlywheelApiKey.Parse(server.Key), new FlywheelClientOptions());

    private static StoredContainer AddSession(Double server, string label = "Base/line")
        => server.AddChild(server.AddChild(server.AddChild(server.AddGroup("g" + label.Length), "P"), "S1"), label);

    private static byte[] Zip(int from, int count)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = from; i < from + count; i++)
            {
                using var entry = zip.CreateEntry($"{i}.dcm", CompressionLevel.NoCompression).Open();
                entry.Write(Instance(i));
            }
        }
        return stream.ToArray();
    }

    private static byte[] Instance(int number) => new SyntheticInstance { Number = number, Rows = 64, Columns = 64 }.ToArray();

    private static IAsyncEnumerable<FlywheelItem> Listed(FlywheelClient client, FlywheelContainerKind kind, string id, bool untyped = false)
        => new FlywheelCatalog(client, new FlywheelHealth(TimeProvider.System), default)
            .ReadAsync(new FlywheelSelection { Kind = kind, ContainerId = id, IncludesUntyped = untyped });

    private static async Task<List<FlywheelItem>> ListAsync(FlywheelClient client, FlywheelContainerKind kind, string id, bool untyped = false)
    {
        var items = new List<FlywheelItem>();
        await foreach (var item in Listed(client, kind, id, untyped))
            items.Add(item);
        return items;
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Session_is_listed_in_order_with_its_places(bool isOld, bool withoutFiles)
    {
        await using var server = await Double.StartAsync(new DoubleOptions { IsOld = isOld, ListsWithoutFiles = withoutFiles });
        var session = AddSession(server);
        var first = server.AddChild(session, "t1");
        var second = server.AddChild(session, "t2*");
        second.Add("b.zip", Zip(1, 1));
        second.Add("a.dcm", Instance(2));
        second.Add("brain.nii.gz", [1, 2, 3], "nifti");
        second.Add("loose.dicom.zip", Zip(3, 1), null);
        first.Add("z.dcm", Instance(4));
        session.Add("report.csv", [1], "tabular data");
        using var client = Client(server);
        var items = await ListAsync(client, FlywheelContainerKind.Session, session.Id);
        Assert.Equal(["z.dcm", "a.dcm", "b.zip"], items.Select(i => i.File.Name));
        var origin = items[1].Origin;
        Assert.Equal("g9/P/S1/Base/line/t2*/files/a.dcm", origin.FlywheelPath);
        Assert.Equal(("g9", "P", "S1", "Base/line", "t2*"), (origin.GroupId, origin.ProjectLabel, origin.SubjectLabel, origin.SessionLabel, origin.AcquisitionLabel));
        Assert.Equal((session.Id, second.Id), (origin.SessionId, origin.AcquisitionId));
        Assert.Equal(4, (await ListAsync(client, FlywheelContainerKind.Session, session.Id, untyped: true)).Count);
        Assert.Equal(2, (await ListAsync(client, FlywheelContainerKind.Acquisition, second.Id)).Count);
    }

    [Fact]
    public async Task Subject_has_each_file_under_its_own_session()
    {
        await using var server = await Double.StartAsync();
        var session = AddSession(server);
        var other = server.AddChild(session.Parent!, "Follow-up");
        server.AddChild(session, "t1").Add("a.dcm", Instance(1));
        server.AddChild(other, "t1").Add("b.dcm", Instance(2));
        using var client = Client(server);
        var items = await ListAsync(client, FlywheelContainerKind.Subject, session.Parent!.Id);
        Assert.Equal(["Base/line", "Follow-up"], items.Select(i => i.Origin.SessionLabel));
        Assert.Equal(2, (await ListAsync(client, FlywheelContainerKind.Project, session.Ancestor("project")!.Id)).Count);
    }

    [Fact]
    public async Task What_cannot_be_had_takes_its_place_and_the_rest_goes_on()
    {
        await using var server = await Double.StartAsync();
        var acquisition = server.AddChild(AddSession(server), "t1");
        acquisition.Add("1.zip", Zip(1, 3));
        acquisition.Add("2-forbidden.zip", Zip(4, 1));
        acquisition.Add("3-corrupt.zip", [.. "PK\u0003\u0004 nonsense"u8]);
        acquisition.Add("4-empty.zip", []);
        acquisition.Add("5-text.dcm", [.. "hello"u8]);
        acquisition.Add("6.dcm", Instance(5));
        server.Add(new Fault { Kind = FaultKind.Status, Path = "2-forbidden", Status = 403, Times = int.MaxValue });
        using var client = Client(server);
        var source = new FlywheelSource(client, new FlywheelHealth(TimeProvider.System), new SpoolSpace(), _ => { }, default);
        var files = source.Read(Listed(client, FlywheelContainerKind.Acquisition, acquisition.Id)).ToList();
        Assert.Equal(
            ["1.dcm", "2.dcm", "3.dcm", "2-forbidden.zip:DownloadFailed", "3-corrupt.zip:ArchiveUnreadable", "4-empty.zip:DicomNotFound", "5-text.dcm:DicomNotFound", "6.dcm"],
            files.Select(f => f.ProblemDetail is null ? f.Name : $"{f.Name}:{f.ProblemDetail.Id}"));
        Assert.All(files, f => Assert.NotNull(f.Origin.FlywheelPath));
    }

    [Fact]
    public async Task Spool_holds_what_is_in_hand_and_a_little_ahead()
    {
        await using var server = await Double.StartAsync();
        var acquisition = server.AddChild(AddSession(server), "t1");
        var one = Zip(1, 40);
        for (var i = 0; i < 12; i++)
            acquisition.Add($"{i:00}.zip", one);
        using var client = Client(server);
        var space = new SpoolSpace { Limit = 2 * one.Length };
        var source = new FlywheelSource(client, new FlywheelHealth(TimeProvider.System), space, _ => { }, default);
        var count = 0;
        var inHand = new Queue<DicomFile>();
        foreach (var file in source.Read(Listed(client, FlywheelContainerKind.Acquisition, acquisition.Id)))
        {
            count++;
            file.Claim();
            inHand.Enqueue(file);
            if (inHand.Count > 5)
            {
                using var stream = inHand.Peek().OpenRead();
                stream.CopyTo(Stream.Null);
                inHand.Dequeue().Release();
            }
        }
        // The last few stay in a sender's hands for a while.
        while (inHand.TryDequeue(out var file))
            file.Release();
        Assert.Equal(480, count);
        Assert.InRange(space.Peak, 1, 3 * one.Length);
        Assert.Equal(0, space.OnDisk);
    }

    [Fact]
    public async Task Instance_opened_after_it_was_sent_is_fetched_again()
    {
        await using var server = await Double.StartAsync();
        var acquisition = server.AddChild(AddSession(server), "t1");
        acquisition.Add("1.zip", Zip(1, 2));
        using var client = Client(server);
        var space = new SpoolSpace();
        var files = new FlywheelSource(client, new FlywheelHealth(TimeProvider.System), space, _ => { }, default).Read(Listed(client, FlywheelContainerKind.Acquisition, acquisition.Id)).ToList();
        files.ForEach(f => f.Claim());
        files.ForEach(f => f.Release());
        Assert.Equal(0, space.OnDisk);
        using var stream = files[1].OpenRead();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        Assert.Equal(Instance(2), copy.ToArray());
        Assert.Equal(2, server.Requests.Count(r => r.Contains("files/1.zip", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Pipeline_that_has_had_enough_leaves_nothing()
    {
        await using var server = await Double.StartAsync();
        var acquisition = server.AddChild(AddSession(server), "t1");
        for (var i = 0; i < 8; i++)
            acquisition.Add($"{i}.zip", Zip(i * 10, 10));
        using var client = Client(server);
        var space = new SpoolSpace();
        _ = new FlywheelSource(client, new FlywheelHealth(TimeProvider.System), space, _ => { }, default).Read(Listed(client, FlywheelContainerKind.Acquisition, acquisition.Id)).Take(3).ToList();
        await Task.Delay(500);
        Assert.InRange(server.Requests.Count(r => r.Contains(".zip", StringComparison.Ordinal)), 1, 5);
    }
}
