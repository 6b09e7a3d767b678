using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Wire;
using FlywheelDicom.Unit.Network.Wire;

namespace FlywheelDicom.Unit.Network.Scu;

public class AssociationReleaseTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(7);
    private static readonly byte[] s_data = RawCaller.Piece(1, 3, 1, 2);

    /// <summary>What comes: d data, q request, r response, a abort, u an unknown PDU. What is said to it, after our request.</summary>
    [Theory]
    [InlineData("r", "")]
    [InlineData("a", "")]
    [InlineData("", "")]
    [InlineData("ddr", "")]
    [InlineData("qr", "R")]
    [InlineData("dqdr", "R")]
    [InlineData("q", "R")]
    [InlineData("urq", "1")]
    [InlineData("tr", "2")]
    public async Task Release_ends_with_its_response_whatever_comes_before(string coming, string said)
    {
        var stream = new WireStream([.. coming.Select(c => c switch
        {
            'd' => s_data, 'q' => ControlPdu.ReleaseRequest, 'r' => ControlPdu.ReleaseResponse, 'a' => ControlPdu.Abort(0, 0), 'u' => RawCaller.Pdu(9), _ => RawCaller.Pdu(1),
        })]);
        var time = new StandingTime();
        time.Move(TimeSpan.FromSeconds(1));
        using var transport = stream.Transport(time);
        await AssociationRelease.RequestAsync(transport, 16384, s_limit);
        byte[] expected = [.. ControlPdu.ReleaseRequest, .. said switch { "R" => ControlPdu.ReleaseResponse, "" => [], _ => ControlPdu.Abort(2, (byte)(said[0] - '0')) }];
        Assert.Equal(expected, stream.Written);
        Assert.Equal(8000, transport.ReadDeadline);
        Assert.Equal(said.Length == 1 && said != "R", stream.IsDisposed);
    }

    [Fact]
    public async Task PDU_that_is_too_long_ends_it()
    {
        using var transport = new WireStream(RawCaller.Pdu(4, new byte[17])).Transport();
        await Assert.ThrowsAsync<InvalidDataException>(() => AssociationRelease.RequestAsync(transport, 16, s_limit));
    }
}
