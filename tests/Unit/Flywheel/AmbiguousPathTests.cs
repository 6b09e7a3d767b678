using FlywheelDicom.Flywheel;
using FlywheelDicom.FlywheelDouble;
using Double = FlywheelDicom.FlywheelDouble.FlywheelDouble;

namespace FlywheelDicom.Unit.Flywheel;

public sealed class AmbiguousPathTests
{
    [Theory]
    [InlineData("project", "g/P/S/Baseline/t1")]
    [InlineData("subject", "g/P/S/Baseline/t1")]
    [InlineData("session", "g/P/S/Baseline/t1")]
    [InlineData("session", "g/P/S/Baseline")]
    [InlineData("acquisition", "g/P/S/Baseline/t1")]
    public async Task Label_of_two_is_an_error_that_names_both(string kind, string path)
    {
        await using var server = await Double.StartAsync();
        var acquisition = AddAcquisition(server);
        var first = acquisition.Ancestor(kind)!;
        var second = server.AddChild(first.Parent!, first.Label);
        using var client = Client(server);
        var e = await Assert.ThrowsAsync<FlywheelException>(() => client.ResolveAsync(FlywheelPath.Parse(path), default));
        Assert.Equal(FlywheelError.Ambiguous, e.Error);
        Assert.Contains($"<id:{first.Id}> of {first.Created.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture)}", e.Message, StringComparison.Ordinal);
        Assert.Contains($"<id:{second.Id}> of ", e.Message, StringComparison.Ordinal);
        Assert.Contains("/<id:...>", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_of_two_is_named_by_its_id()
    {
        await using var server = await Double.StartAsync();
        var session = AddAcquisition(server).Parent!;
        var other = server.AddChild(session.Parent!, session.Label);
        using var client = Client(server);
        Assert.Equal(other.Id, (await client.ResolveAsync(FlywheelPath.Parse($"g/P/S/<id:{other.Id}>"), default)).Id);
    }

    [Fact]
    public async Task Label_that_only_begins_alike_is_another()
    {
        await using var server = await Double.StartAsync();
        var session = AddAcquisition(server).Parent!;
        server.AddChild(session.Parent!, "Baseline 2");
        using var client = Client(server);
        Assert.Equal(session.Id, (await client.ResolveAsync(FlywheelPath.Parse("g/P/S/Baseline"), default)).Id);
    }

    private static FlywheelClient Client(Double server) => new(FlywheelApiKey.Parse(server.Key), new FlywheelClientOptions());

    private static StoredContainer AddAcquisition(Double server)
        => server.AddChild(server.AddChild(server.AddChild(server.AddChild(server.AddGroup("g"), "P"), "S"), "Baseline"), "t1");
}
