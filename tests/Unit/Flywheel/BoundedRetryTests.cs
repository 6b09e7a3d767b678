using System.Text.Json.Nodes;
using FlywheelDicom.Flywheel;
using FlywheelDicom.FlywheelDouble;
using Double = FlywheelDicom.FlywheelDouble.FlywheelDouble;

namespace FlywheelDicom.Unit.Flywheel;

/// <summary>What never heals ends within the retry time, and is not asked for without a pause.</summary>
public sealed class BoundedRetryTests
{
    private const FlywheelContainerKind Acquisition = FlywheelContainerKind.Acquisition;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    public async Task Server_that_asks_for_no_wait_gets_one(string retryAfter)
    {
        await using var server = await Double.StartAsync();
        server.Add(new Fault { Kind = FaultKind.Status, Path = "users/self", Status = 429, RetryAfter = retryAfter, Times = int.MaxValue });
        using var client = Client(server, 2);
        await Assert.ThrowsAsync<FlywheelException>(() => client.ConnectAsync(default)).WaitAsync(s_limit);
        Assert.InRange(server.Requests.Count, 2, 6);
    }

    [Fact]
    public async Task File_that_is_cut_each_time_and_starts_over_is_given_up()
    {
        await using var server = await Double.StartAsync(new DoubleOptions { IsOld = true });
        var acquisition = AddAcquisition(server);
        var file = acquisition.Add("a.zip", new byte[1_000_000]);
        server.Add(new Fault { Kind = FaultKind.Cut, Path = "files/a.zip", Times = int.MaxValue });
        using var client = Client(server, 2);
        var entry = new FlywheelFile { Name = "a.zip", Size = file.Size };
        await Assert.ThrowsAsync<FlywheelException>(() => client.DownloadAsync(Acquisition, acquisition.Id, entry, new MemoryStream(), default).WaitAsync(s_limit));
    }

    [Fact]
    public async Task Entry_that_states_a_wrong_size_is_given_up()
    {
        await using var server = await Double.StartAsync();
        var acquisition = AddAcquisition(server);
        acquisition.Add("a.zip", new byte[1000]).StatedSize = 5000;
        using var client = Client(server, 2);
        var entry = await client.FindFileAsync(Acquisition, acquisition.Id, "a.zip", default);
        var e = await Assert.ThrowsAsync<FlywheelException>(() => client.DownloadAsync(Acquisition, acquisition.Id, entry!, new MemoryStream(), default).WaitAsync(s_limit));
        Assert.Equal(FlywheelError.DownloadIncomplete, e.Error);
    }

    [Fact]
    public async Task File_that_is_replaced_each_time_is_given_up()
    {
        await using var server = await Double.StartAsync();
        var acquisition = AddAcquisition(server);
        var file = acquisition.Add("a.zip", new byte[1000]);
        file.HasHash = false;
        using var client = Client(server, 2);
        var entry = new FlywheelFile { Name = "a.zip", Size = 1 };
        using var changing = new ChangingTarget(() => file.StatedSize = (file.StatedSize ?? 2000) + 1);
        await Assert.ThrowsAsync<FlywheelException>(() => client.DownloadAsync(Acquisition, acquisition.Id, entry, changing, default).WaitAsync(s_limit));
    }

    [Theory]
    [InlineData("""{"size":-1}""")]
    [InlineData("""{"size":"many"}""")]
    [InlineData("""{"size":null,"hash":null,"type":7}""")]
    [InlineData("""{"created":"yesterday","zip_member_count":"?"}""")]
    public async Task Odd_field_does_not_cost_the_list(string odd)
    {
        await using var server = await Double.StartAsync();
        var acquisition = AddAcquisition(server);
        acquisition.Add("a.zip", [1]).Odd = JsonNode.Parse(odd)!.AsObject();
        acquisition.Parent!.Odd = JsonNode.Parse("""{"timestamp":"2026-13-45","label":null}""")!.AsObject();
        server.AddChild(acquisition.Parent!, "t2");
        using var client = Client(server, 2);
        Assert.Equal(2, await CountAsync(client, Acquisition, (FlywheelContainerKind.Session, acquisition.Parent!.Id)));
        Assert.Equal(1, await CountAsync(client, FlywheelContainerKind.Session, null));
    }

    [Fact]
    public async Task What_cannot_be_read_within_a_list_leaves_its_id()
    {
        await using var server = await Double.StartAsync();
        var acquisition = AddAcquisition(server);
        acquisition.Odd = JsonNode.Parse("""{"files":"none"}""")!.AsObject();
        server.AddChild(acquisition.Parent!, "t2");
        using var client = Client(server, 2);
        Assert.Equal(2, await CountAsync(client, Acquisition, (FlywheelContainerKind.Session, acquisition.Parent!.Id)));
    }

    [Fact]
    public async Task Client_that_was_ended_says_so()
    {
        await using var server = await Double.StartAsync();
        var client = Client(server, 2);
        client.Dispose();
        var e = await Assert.ThrowsAsync<FlywheelException>(() => client.ConnectAsync(default));
        Assert.Equal(FlywheelError.Disconnected, e.Error);
    }

    private static async Task<int> CountAsync(FlywheelClient client, FlywheelContainerKind kind, (FlywheelContainerKind, string)? parent)
    {
        var count = 0;
        await foreach (var found in client.ListAsync(kind, parent, null, default))
        {
            Assert.NotEmpty(found.Id);
            count++;
        }
        return count;
    }

    private static FlywheelClient Client(Double server, double retrySeconds)
        => new(FlywheelApiKey.Parse(server.Key), new FlywheelClientOptions { RetryTime = TimeSpan.FromSeconds(retrySeconds), UserAgent = "tests" });

    private static StoredContainer AddAcquisition(Double server)
        => server.AddChild(server.AddChild(server.AddChild(server.AddChild(server.AddGroup("g"), "P"), "S"), "Baseline"), "t1");

    /// <summary>The entry changes with each download.</summary>
    private sealed class ChangingTarget(Action change) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            change();
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
