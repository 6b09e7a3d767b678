using System.Net;
using System.Net.Sockets;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Scp;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.TestSupport;
using Microsoft.Extensions.Time.Testing;
using static FlywheelDicom.TestSupport.SyntheticInstance;

namespace FlywheelDicom.Unit.Network;

public class ClientTests
{
    private static readonly TimeSpan s_longBeforeAnyTimer = TimeSpan.FromSeconds(10);

    private static DicomDestination At(int port) => new() { Host = "127.0.0.1", Port = port, CalledAE = "PEER" };

    private static DicomFile File(SyntheticInstance instance) => MemorySource.Read(instance.ToArray())!;

    [Theory]
    [InlineData(128u)]
    [InlineData(129u)]
    [InlineData(4096u)]
    [InlineData(16384u)]
    [InlineData(1_000_000u)]
    [InlineData(0u)]
    public async Task Peers_PDU_limit_is_kept_on_the_wire(uint limit)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { MaxPduLength = limit });
        await using var client = new DicomClient(At(peer.Port), new DicomClientOptions());
        var instance = new SyntheticInstance { Rows = 300, Columns = 300 };
        var response = await client.StoreAsync(File(instance));
        await client.CloseAsync();
        Assert.Equal(DicomStatus.Success, response.Status);
        var own = DicomClientOptions.DefaultMaxPduLength;
        Assert.All(peer.PduLengths, length => Assert.InRange(length, 7u, limit == 0 ? (uint)own : Math.Min(limit, (uint)own)));
        if (limit is not 0 and < 1000)
            Assert.True(peer.PduLengths.Count > 1000);
        Assert.Equal(instance.Dataset(), peer.Datasets.Single());
        // Commands before data, and exactly one last fragment of each (PS3.8 Annex E).
        Assert.Equal((1, 1), (peer.Controls.Count(c => c == 3), peer.Controls.Count(c => c == 2)));
        Assert.Equal(2, peer.Controls[^1]);
        Assert.Equal(1, peer.ReleasesSeen);
    }

    [Fact]
    public async Task Own_syntax_is_proposed_alone_and_uncompressed_ones_beside_it()
    {
        var offers = new List<string>();
        using var peer = new ScriptedPeer(new PeerBehaviour
        {
            Choose = (_, offered) =>
            {
                offers.Add(string.Join(",", offered));
                return offered[0];
            },
        });
        await using var client = new DicomClient(At(peer.Port), new DicomClientOptions());
        await client.StoreAsync(File(new SyntheticInstance { TransferSyntax = Jpeg2000 }));
        Assert.Equal([Jpeg2000, $"{Explicit},{Implicit}"], offers);
    }

    [Theory]
    [InlineData(BigEndian, Explicit)]
    [InlineData(BigEndian, Implicit)]
    [InlineData(Explicit, Implicit)]
    [InlineData(Deflated, Explicit)]
    [InlineData(Implicit, Explicit)]
    public async Task Uncompressed_file_is_converted_where_its_own_syntax_is_refused(string own, string only)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Choose = (_, offered) => offered.Contains(only) ? only : null });
        await using var client = new DicomClient(At(peer.Port), new DicomClientOptions());
        var source = new SyntheticInstance { TransferSyntax = own };
        var response = await client.StoreAsync(File(source));
        Assert.Equal(only, response.TransferSyntaxUid);
        Assert.Equal(Convert.ToHexString((source with { TransferSyntax = only }).Dataset()), Convert.ToHexString(peer.Datasets.Single()));
    }

    [Fact]
    public async Task Refused_class_and_refused_syntax_say_which()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Choose = (_, _) => null, RefusedContextResult = 3 });
        await using var client = new DicomClient(At(peer.Port), new DicomClientOptions());
        var e = await Assert.ThrowsAsync<DicomNetworkException>(() => client.StoreAsync(File(new SyntheticInstance())));
        Assert.Equal(DicomNetworkError.ContextRefused, e.Error);
        Assert.Contains("CT Image Storage", e.Message, StringComparison.Ordinal);
        Assert.Contains("abstract syntax not supported", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DicomNetworkException>(() => client.StoreAsync(File(new SyntheticInstance())));
        Assert.Equal(1, peer.Associations);

        using var other = new ScriptedPeer(new PeerBehaviour { Choose = (_, o) => o.Contains(Jpeg2000) ? null : o[0], RefusedContextResult = 4 });
        await using var second = new DicomClient(At(other.Port), new DicomClientOptions());
        e = await Assert.ThrowsAsync<DicomNetworkException>(() => second.StoreAsync(File(new SyntheticInstance { TransferSyntax = Jpeg2000 })));
        Assert.Contains("JPEG 2000", e.Message, StringComparison.Ordinal);
    }

    // PS3.8 table 9-21.
    [Theory]
    [InlineData(1, 1, 1, nameof(RetryAdvice.Once), "no reason")]
    [InlineData(1, 1, 2, nameof(RetryAdvice.Never), "application context")]
    [InlineData(1, 1, 3, nameof(RetryAdvice.Never), "calling AE title 'flywheel' not recognized")]
    [InlineData(1, 1, 7, nameof(RetryAdvice.Never), "called AE title 'PEER' not recognized. Check -CalledAE.")]
    [InlineData(1, 2, 1, nameof(RetryAdvice.Once), "no reason")]
    [InlineData(1, 2, 2, nameof(RetryAdvice.Never), "protocol version")]
    [InlineData(2, 3, 1, nameof(RetryAdvice.BackOff), "temporary congestion")]
    [InlineData(1, 3, 2, nameof(RetryAdvice.BackOff), "limit of associations")]
    [InlineData(2, 1, 1, nameof(RetryAdvice.BackOff), "transient")]
    public async Task Rejection_says_why_and_whether_to_try_again(byte result, byte source, byte reason, string advice, string words)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Reject = _ => [3, 0, 0, 0, 0, 4, 0, result, source, reason] });
        await using var client = new DicomClient(At(peer.Port), new DicomClientOptions());
        var e = await Assert.ThrowsAsync<DicomAssociationRejectedException>(() => client.StoreAsync(File(new SyntheticInstance())));
        Assert.Equal((advice, "DicomAssociationRejected"), (e.Retry.ToString(), e.ErrorId));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_ends_with_the_timer()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Status = _ => null });
        var time = new FakeTimeProvider();
        await using var client = new DicomClient(At(peer.Port), new DicomClientOptions { Time = time });
        var store = client.StoreAsync(File(new SyntheticInstance()));
        await Eventually.HoldsAsync(() => peer.Stores == 1);
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(store.IsCompleted);
        await time.RunOutAsync(store);
        Assert.Equal(DicomNetworkError.ResponseTimeout, (await Assert.ThrowsAsync<DicomNetworkException>(() => store)).Error);
    }

    [Fact]
    public async Task Peer_that_stops_reading_ends_with_the_timer()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var client = new DicomClient(At(((IPEndPoint)listener.LocalEndpoint).Port), Timers.ShortAssociation);
        var e = await Assert.ThrowsAsync<DicomNetworkException>(() => client.StoreAsync(File(new SyntheticInstance())));
        Assert.Equal(DicomNetworkError.ResponseTimeout, e.Error);
    }

    [Fact]
    public async Task Abort_and_reset_are_told_apart()
    {
        using var aborting = new ScriptedPeer(new PeerBehaviour { Status = _ => -1 });
        await using var first = new DicomClient(At(aborting.Port), new DicomClientOptions());
        await Assert.ThrowsAsync<DicomAssociationAbortedException>(() => first.StoreAsync(File(new SyntheticInstance())));
        using var resetting = new ScriptedPeer(new PeerBehaviour { Status = _ => int.MinValue });
        await using var second = new DicomClient(At(resetting.Port), new DicomClientOptions());
        var e = await Assert.ThrowsAsync<DicomNetworkException>(() => second.StoreAsync(File(new SyntheticInstance())));
        Assert.Equal(DicomNetworkError.ConnectionLost, e.Error);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("\u0002\u0000\u0000\u0000\u0000\u0010aaaaaaaaaaaaaaaa")]
    [InlineData("\u0002\u0000\u00FF\u00FF\u00FF\u00FFaaaaaaaaaaaaaaaa")]
    [InlineData("\u0004\u0000\u0000\u0000\u0000\u0000")]
    public async Task What_is_no_DICOM_server_is_recognised(string garbage)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Garbage = System.Text.Encoding.Latin1.GetBytes(garbage) });
        await using var client = new DicomClient(At(peer.Port), new DicomClientOptions());
        var e = await Assert.ThrowsAsync<DicomNetworkException>(() => client.StoreAsync(File(new SyntheticInstance())));
        Assert.Equal(DicomNetworkError.ProtocolError, e.Error);
    }

    [Fact]
    public async Task Web_server_is_named_as_one()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Garbage = "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray() });
        await using var client = new DicomClient(At(peer.Port), new DicomClientOptions());
        var e = await Assert.ThrowsAsync<DicomNetworkException>(() => client.StoreAsync(File(new SyntheticInstance())));
        Assert.Equal((DicomNetworkError.ProtocolError, RetryAdvice.Never, true), (e.Error, e.Retry, e.IsNegotiation));
        Assert.Contains("HTTP", e.Message, StringComparison.Ordinal);
        Assert.Contains("-Port", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("PDU", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\u0030\u0000\u0000\u0000\u0000\u0000", "PDU type 0x30")]
    [InlineData("\u0030\u0000\u0054\u0050\u002F\u0031", "PDU of type 0x30")]
    public async Task Type_of_a_strange_PDU_is_told_in_hexadecimal(string garbage, string words)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Garbage = System.Text.Encoding.Latin1.GetBytes(garbage) });
        await using var client = new DicomClient(At(peer.Port), new DicomClientOptions());
        var e = await Assert.ThrowsAsync<DicomNetworkException>(() => client.StoreAsync(File(new SyntheticInstance())));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_hosts_and_ports_are_told_apart()
    {
        using var closed = new ClosedPort();
        await using var client = new DicomClient(At(closed.Number), new DicomClientOptions());
        var e = await Assert.ThrowsAsync<DicomNetworkException>(() => client.EchoAsync());
        Assert.Equal("DicomConnectionRefused", e.ErrorId);
        await using var lost = new DicomClient(At(closed.Number) with { Host = "no-such-host.invalid" }, new DicomClientOptions());
        e = await Assert.ThrowsAsync<DicomNetworkException>(() => lost.EchoAsync());
        Assert.Equal("DicomHostNotFound", e.ErrorId);
    }

    [Fact]
    public Task Cancellation_aborts_at_once() => AbortsWhenCancelled(new PeerBehaviour { Status = _ => null }, peer => peer.Stores == 1);

    [Fact]
    public Task Cancellation_while_the_association_is_asked_for_aborts_too() => AbortsWhenCancelled(new PeerBehaviour { Ignore = _ => true }, peer => peer.Requests == 1);

    private static async Task AbortsWhenCancelled(PeerBehaviour behaviour, Func<ScriptedPeer, bool> isWaitedFor)
    {
        using var peer = new ScriptedPeer(behaviour);
        using var stop = new CancellationTokenSource();
        await using var client = new DicomClient(At(peer.Port), new DicomClientOptions(), stop.Token);
        var store = client.StoreAsync(File(new SyntheticInstance()));
        await Eventually.HoldsAsync(() => isWaitedFor(peer));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.WaitAsync(s_longBeforeAnyTimer));
        await Eventually.HoldsAsync(() => peer.AbortsSeen == 1);
    }

    [Fact]
    public async Task Cancellation_is_told_to_all_messages_under_way()
    {
        const int count = 8;
        using var peer = new ScriptedPeer(new PeerBehaviour { Status = _ => null, MaxOperations = count });
        using var stop = new CancellationTokenSource();
        await using var client = new DicomClient(At(peer.Port), new DicomClientOptions { MaxOperations = count }, stop.Token);
        var stores = Enumerable.Range(1, count).Select(number => client.StoreAsync(File(new SyntheticInstance { Number = number }))).ToList();
        await Eventually.HoldsAsync(() => peer.Stores == count);
        await stop.CancelAsync();
        foreach (var store in stores)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.WaitAsync(s_longBeforeAnyTimer));
    }

    [Fact]
    public async Task Association_that_the_peer_closed_while_idle_is_made_again()
    {
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink(), IdleTimeout = TimeSpan.FromMilliseconds(300) });
        await using var client = new DicomClient(At(server.Port), new DicomClientOptions());
        await client.StoreAsync(File(new SyntheticInstance()));
        await Eventually.HoldsAsync(() => server.OpenAssociations == 0);
        Assert.Equal(DicomStatus.Success, (await client.StoreAsync(File(new SyntheticInstance { Number = 2 }))).Status);
        Assert.Equal(2, server.Instances);
    }

    [Fact]
    public async Task Instance_that_breaks_off_costs_its_own_association_alone()
    {
        var whole = new SyntheticInstance { Rows = 500, Columns = 500 }.ToArray();
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink() });
        await using var client = new DicomClient(At(server.Port), new DicomClientOptions());
        await client.StoreAsync(File(new SyntheticInstance()));
        var shrinking = DicomFile.Read(new ShrinkingSource(whole), "shrinking", new DicomOrigin { FileName = "x" })!;
        var e = await Assert.ThrowsAsync<FlywheelDicom.IO.DicomFormatException>(() => client.StoreAsync(shrinking));
        Assert.True(e.IsTruncated);
        await client.StoreAsync(File(new SyntheticInstance { Number = 3 }));
        Assert.Equal(2, server.Instances);
    }

    /// <summary>Shorter when it is opened the second time, as a file that is being replaced.</summary>
    private sealed class ShrinkingSource(byte[] bytes) : FlywheelDicom.IO.DicomSource
    {
        private int _opened;
        public override long Length => bytes.Length;
        public override Stream Open() => new MemoryStream(bytes, 0, _opened++ == 0 ? bytes.Length : bytes.Length / 2);
    }
}
