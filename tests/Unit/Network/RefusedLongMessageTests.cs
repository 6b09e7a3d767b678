using FlywheelDicom.Network.Scu;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.Network;

/// <summary>An archive that refuses a long instance when it sees its command, and takes no more of it.</summary>
public class RefusedLongMessageTests
{
    [Fact]
    public async Task What_it_said_counts_where_the_data_set_gets_stuck()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { ErrorComment = "disk full", Interrupt = _ => PeerReaction.RefuseAndStall });
        var destination = new DicomDestination { Host = "127.0.0.1", Port = peer.Port, CalledAE = "PEER" };
        // More than sockets hold for a peer that does not read.
        var large = MemorySource.Read(new SyntheticInstance { Rows = 3200, Columns = 3200 }.ToArray())!;
        await using var client = new DicomClient(destination, Timers.ShortMessage);
        var response = await client.StoreAsync(large).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((DicomStatus.OutOfResources, "disk full"), (response.Status, response.ErrorComment));
    }
}
