using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Unit.Network.Wire;

/// <summary>The small types of a connection's bytes.</summary>
public class SmallTypesTests
{
    [Fact]
    public void Control_PDUs_have_these_bytes()
    {
        Assert.Equal([3, 0, 0, 0, 0, 4, 0, 7, 8, 9], ControlPdu.Reject(7, 8, 9));
        Assert.Equal([5, 0, 0, 0, 0, 4, 0, 0, 0, 0], ControlPdu.ReleaseRequest);
        Assert.Equal([6, 0, 0, 0, 0, 4, 0, 0, 0, 0], ControlPdu.ReleaseResponse);
        Assert.Equal([7, 0, 0, 0, 0, 4, 0, 0, 8, 9], ControlPdu.Abort(8, 9));
    }

    [Theory]
    [InlineData(new byte[0], 0, 0)]
    [InlineData(new byte[] { 9, 9 }, 0, 0)]
    [InlineData(new byte[] { 9, 9, 2 }, 2, 0)]
    [InlineData(new byte[] { 9, 9, 2, 6 }, 2, 6)]
    public void Abort_says_what_there_is_of_its_reason(byte[] body, byte source, byte reason)
    {
        var e = new PeerAbortedException(body);
        Assert.Equal((source, reason), (e.AbortSource, e.Reason));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(7, 2)]
    [InlineData(8, 1)]
    [InlineData(255, 1)]
    public void PDU_out_of_order_is_told_from_one_that_is_unknown(byte type, byte reason) => Assert.Equal(reason, PduException.Unexpected((PduType)type).AbortReason);

    [Fact]
    public void Header_of_a_PDV_has_these_bytes()
    {
        var pdu = Enumerable.Repeat((byte)0xEE, 13).ToArray();
        Pdv.WriteHeader(pdu, 5, PdvFlags.Command | PdvFlags.Last, 0x010200);
        Assert.Equal([4, 0, 0, 1, 2, 6, 0, 1, 2, 2, 5, 3, 0xEE], pdu);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 3, 7, 0, 9 }, false, false, new byte[] { 9 }, 0)]
    [InlineData(new byte[] { 0, 0, 0, 3, 7, 1, 9 }, true, false, new byte[] { 9 }, 0)]
    [InlineData(new byte[] { 0, 0, 0, 3, 7, 2, 9 }, false, true, new byte[] { 9 }, 0)]
    [InlineData(new byte[] { 0, 0, 0, 4, 7, 0xFF, 9, 8, 5 }, true, true, new byte[] { 9, 8 }, 1)]
    [InlineData(new byte[] { 0, 0, 0, 2, 7, 3 }, true, true, new byte[0], 0)]
    public void PDV_is_taken_off(byte[] bytes, bool isCommand, bool isLast, byte[] data, int left)
    {
        ReadOnlyMemory<byte> rest = bytes;
        Assert.True(Pdv.TryTake(ref rest, out var pdv));
        Assert.Equal((7, isCommand, isLast, left), (pdv.ContextId, pdv.IsCommand, pdv.IsLast, rest.Length));
        Assert.Equal(data, pdv.Data.ToArray());
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 2, 7 })]
    [InlineData(new byte[] { 0, 0, 0, 1, 7, 3 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 7, 3 })]
    [InlineData(new byte[] { 0, 0, 0, 3, 7, 3 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 7, 3 })]
    public void PDV_that_does_not_fit_is_none(byte[] bytes)
    {
        ReadOnlyMemory<byte> rest = bytes;
        Assert.False(Pdv.TryTake(ref rest, out var pdv));
        Assert.Equal((bytes.Length, default), (rest.Length, pdv));
    }

    [Fact]
    public void Deadline_counts_down_to_zero()
    {
        var time = new StandingTime();
        time.Move(TimeSpan.FromHours(1));
        var deadline = new Deadline(time, TimeSpan.FromSeconds(10));
        Assert.Equal((10, 13), (deadline.Remaining.TotalSeconds, deadline.RemainingWith(TimeSpan.FromSeconds(3)).TotalSeconds));
        time.Move(TimeSpan.FromSeconds(11));
        Assert.Equal((0, 2), (deadline.Remaining.TotalSeconds, deadline.RemainingWith(TimeSpan.FromSeconds(3)).TotalSeconds));
    }

    [Fact]
    public void PDU_of_no_type_is_the_end()
    {
        Assert.True(Pdu.Closed.IsClosed);
        Assert.False(new Pdu(PduType.Data, default).IsClosed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Digest_is_of_what_was_read_where_it_was_asked_for(bool isAsked)
    {
        var content = new MemoryStream([1, 2, 3]);
        var dataset = new OutgoingDataset(content, "1.2", 3);
        if (isAsked)
            dataset.BeginDigest();
        var rest = new byte[2];
        Assert.Equal(2, dataset.Content.Read(rest));
        Assert.Equal(isAsked ? Convert.ToHexString(SHA256.HashData([1, 2])) : null, dataset.Digest());
        Assert.Equal(("1.2", 3), (dataset.TransferSyntaxUid, dataset.Length));
        dataset.Dispose();
        Assert.False(content.CanRead);
        if (isAsked)
            Assert.Throws<ObjectDisposedException>(dataset.Digest);
    }

    [Fact]
    public void Writers_are_used_again_until_the_pool_is_closed()
    {
        using var transport = new WireStream().Transport();
        var made = new List<MessageWriter>();
        var pool = new MessageWriterPool(() =>
        {
            made.Add(new MessageWriter(transport, 0, 16384, TimeSpan.FromSeconds(5)));
            return made[^1];
        });
        var (first, second) = (pool.Rent(), pool.Rent());
        Assert.Equal([first, second], made);
        pool.Return(first);
        Assert.Same(first, pool.Rent());
        Assert.False(IsDisposed(first));
        pool.Return(first);
        pool.Dispose();
        Assert.True(IsDisposed(first));
        Assert.False(IsDisposed(second));
        pool.Return(second);
        Assert.True(IsDisposed(second));
        var third = pool.Rent();
        Assert.Equal(3, made.Count);
        third.Dispose();
    }

    /// <summary>They only make it quicker, but they should do that.</summary>
    [Fact]
    public void Options_of_Linux_are_set()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port);
        LinuxTcp.LimitUnsent(client.Client, 70000);
        Assert.Equal(70000, Option(client.Client, 25));
        client.Client.SetRawSocketOption(6, 12, BitConverter.GetBytes(0));
        Assert.Equal(0, Option(client.Client, 12));
        LinuxTcp.AcknowledgeNow(client.Client);
        Assert.Equal(1, Option(client.Client, 12));
    }

    [Fact]
    public void Options_of_a_closed_connection_are_nobodys_concern()
    {
        var closed = new Socket(SocketType.Stream, ProtocolType.Tcp);
        closed.Dispose();
        LinuxTcp.AcknowledgeNow(closed);
        using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        LinuxTcp.LimitUnsent(udp, 1);
    }

    private static int Option(Socket socket, int option)
    {
        var value = new byte[4];
        socket.GetRawSocketOption(6, option, value);
        return BitConverter.ToInt32(value);
    }

    private static bool IsDisposed(MessageWriter writer)
    {
        try
        {
            writer.Begin(1, new DimseCommand { Field = CommandField.EchoRequest });
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }
}
