using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>What one file becomes depends on itself and the archive alone, not on what else is in the run.</summary>
public sealed class NeighboursTests
{
    private static readonly string[] s_syntaxes =
    [
        SyntheticInstance.Explicit, SyntheticInstance.Implicit, "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", SyntheticInstance.JpegBaseline, SyntheticInstance.Rle,
    ];

    public static TheoryData<string> Archives { get; } = ["big endian alone", "deflated alone", "implicit alone", "explicit alone", "the last that is offered", "anything"];

    private static string? Choose(string archive, string[] offered) => archive switch
    {
        "big endian alone" => offered.FirstOrDefault(s => s == "1.2.840.10008.1.2.2"),
        "deflated alone" => offered.FirstOrDefault(s => s == "1.2.840.10008.1.2.1.99"),
        "implicit alone" => offered.FirstOrDefault(s => s == SyntheticInstance.Implicit),
        "explicit alone" => offered.FirstOrDefault(s => s == SyntheticInstance.Explicit),
        "the last that is offered" => offered[^1],
        _ => offered[0],
    };

    [Theory]
    [MemberData(nameof(Archives))]
    public async Task Every_pair_of_neighbours_comes_out_as_each_alone(string archive)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Choose = (_, offered) => Choose(archive, offered) });
        async Task<List<(DicomSendStatus, string?, string?)>> OutcomesAsync(params string[] syntaxes)
        {
            var results = await JobRun.SendAsync(peer.Port, new StoreOptions(), [.. syntaxes.Select((s, i) => JobRun.File(i + 1, syntax: s))]);
            return [.. results.Select(r => (r.Status, r.TransferSyntaxUid, r.Reason))];
        }
        var alone = new Dictionary<string, (DicomSendStatus, string?, string?)>();
        foreach (var syntax in s_syntaxes)
            alone[syntax] = (await OutcomesAsync(syntax)).Single();
        foreach (var first in s_syntaxes)
        {
            foreach (var second in s_syntaxes)
                Assert.Equal(string.Join(Environment.NewLine, alone[first], alone[second]), string.Join(Environment.NewLine, await OutcomesAsync(first, second)));
        }
    }

    [Fact]
    public async Task Little_endian_to_an_archive_of_big_endian_alone_is_refused_whatever_else_is_there()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Choose = (_, offered) => Choose("big endian alone", offered) });
        var results = await JobRun.SendAsync(peer.Port, new StoreOptions(), JobRun.File(1, syntax: "1.2.840.10008.1.2.2"), JobRun.File(2));
        Assert.Equal([DicomSendStatus.Sent, DicomSendStatus.Failed], results.Select(r => r.Status));
        Assert.Equal("DicomContextRefused", results[1].ErrorId);
    }
}
