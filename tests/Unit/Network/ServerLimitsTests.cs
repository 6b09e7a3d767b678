using System.Diagnostics;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Scp;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Services;
using FlywheelDicom.Network.Wire;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.Network;

/// <summary>Callers that are silent, slow or without end cost themselves, and nobody else.</summary>
public sealed class ServerLimitsTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(1);

    private static DicomServer Server(Func<DicomServerOptions, DicomServerOptions>? change = null)
        => DicomServer.Start((change ?? (o => o))(new DicomServerOptions { Sink = new DiscardSink() }));

    private static async Task<DicomStatus?> EchoAsync(DicomServer server)
    {
        await using var client = new DicomClient(new DicomDestination { Host = "localhost", Port = server.Port }, new DicomClientOptions());
        return (await client.EchoAsync()).Response?.Status;
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(64, 1)]
    [InlineData(600, 64)]
    public async Task Silent_connections_lock_nobody_out(int silent, int maxAssociations)
    {
        await using var server = Server(o => o with { MaxAssociations = maxAssociations });
        var callers = Enumerable.Range(0, silent).Select(_ => new RawCaller(server)).ToList();
        try
        {
            Assert.Equal(DicomStatus.Success, await EchoAsync(server).WaitAsync(s_patience));
            Assert.Equal((0, 1), (server.Rejected, server.Associations));
        }
        finally
        {
            callers.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public async Task Callers_that_were_rejected_or_have_released_take_no_place()
    {
        await using var server = Server(o => o with { MaxAssociations = 1, AETitle = "RECEIVER" });
        using var released = await RawCaller.AssociateAsync(server);
        await released.SendAsync(ControlPdu.ReleaseRequest);
        Assert.Equal(6, (await released.ReadAsync())![0]);
        using var rejected = new RawCaller(server);
        await rejected.SendAsync((RawCaller.Request() with { CalledAE = "OTHER" }).Encode(PduType.AssociateRequest));
        Assert.Equal(3, (await rejected.ReadAsync())![0]);
        // Neither has closed, and there is room for one.
        using var next = await RawCaller.AssociateAsync(server);
        using var tooMany = new RawCaller(server);
        await tooMany.SendAsync(RawCaller.Request().Encode(PduType.AssociateRequest));
        Assert.Equal([3, 0, 0, 0, 0, 4, 0, 2, 3, 2], await tooMany.ReadAsync());
    }

    [Fact]
    public async Task Request_that_trickles_in_is_hung_up_on_in_time()
    {
        await using var server = Server(o => o with { ArtimTimeout = s_short });
        using var caller = new RawCaller(server);
        await AssertEndsAsync(caller, RawCaller.Request().Encode(PduType.AssociateRequest).Select(b => new[] { b }));
    }

    [Fact]
    public async Task Idle_association_is_hung_up_on()
    {
        await using var server = Server(o => o with { IdleTimeout = s_short });
        using var caller = await RawCaller.AssociateAsync(server);
        Assert.InRange((await caller.ReadAsync())?[0] ?? 7, 7, 7);
        await Eventually.HoldsAsync(() => server.OpenAssociations == 0);
    }

    [Theory]
    [InlineData("command")]
    [InlineData("data")]
    [InlineData("PDU")]
    public async Task Message_that_trickles_in_has_an_end(string what)
    {
        await using var server = Server(o => o with { IdleTimeout = s_short, ArtimTimeout = s_short });
        using var caller = await RawCaller.AssociateAsync(server);
        if (what == "data")
            await caller.SendAsync(RawCaller.Command(3, RawCaller.Store("1.2.3")));
        await AssertEndsAsync(caller, Enumerable.Repeat(what switch
        {
            "command" => RawCaller.Piece(1, 1, 0, 0),
            "data" => RawCaller.Piece(3, 0, 0, 0),
            _ => [4],
        }, 1000));
        await Eventually.HoldsAsync(() => server.OpenAssociations == 0);
    }

    [Fact]
    public async Task After_the_release_nothing_is_answered_and_no_stream_without_end_is_read()
    {
        await using var server = Server(o => o with { ArtimTimeout = s_short });
        using var caller = await RawCaller.AssociateAsync(server);
        await caller.SendAsync([.. ControlPdu.ReleaseRequest, .. RawCaller.Command(1, RawCaller.Echo)]);
        Assert.Equal(6, (await caller.ReadAsync())![0]);
        await AssertEndsAsync(caller, Enumerable.Repeat(RawCaller.Command(1, RawCaller.Echo), 1000));
    }

    [Fact]
    public async Task Second_request_after_the_release_is_answered_with_an_abort()
    {
        await using var server = Server();
        using var caller = await RawCaller.AssociateAsync(server);
        await caller.SendAsync([.. ControlPdu.ReleaseRequest, .. RawCaller.Request().Encode(PduType.AssociateRequest)]);
        Assert.Equal(6, (await caller.ReadAsync())![0]);
        Assert.Equal((2, 2), await caller.ReadAbortAsync());
        caller.HangUp();
        Assert.Null(await caller.ReadAsync());
    }

    [Fact]
    public async Task Stopping_takes_no_time_with_transfers_under_way()
    {
        var folder = Directory.CreateTempSubdirectory("fwdicom-test");
        try
        {
            var server = DicomServer.Start(new DicomServerOptions { Sink = new FolderSink(folder.FullName) });
            var callers = new List<RawCaller> { new(server), new(server) };
            for (var i = 0; i < 8; i++)
            {
                callers.Add(await RawCaller.AssociateAsync(server));
                await callers[^1].SendAsync(RawCaller.Command(3, RawCaller.Store($"1.2.{i}")));
                await callers[^1].SendAsync(RawCaller.Piece(3, 0, new byte[5000]));
            }
            await Eventually.HoldsAsync(() => folder.GetFiles().Length == 8);
            var clock = Stopwatch.StartNew();
            await server.DisposeAsync().AsTask().WaitAsync(s_patience);
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"{clock.Elapsed}");
            Assert.Empty(folder.GetFiles());
            callers.ForEach(c => c.Dispose());
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public async Task Commitment_listener_has_the_same_limits()
    {
        await using var listener = CommitmentListener.Start(System.Net.IPAddress.Loopback, 0);
        var silent = Enumerable.Range(0, 100).Select(_ => new System.Net.Sockets.TcpClient("localhost", listener.Port)).ToList();
        await using var association = await DicomAssociation.RequestAsync(new DicomDestination { Host = "localhost", Port = listener.Port },
            [new(1, DicomUID.StorageCommitment, [DicomTransferSyntax.ImplicitVRLittleEndian.Uid])], new DicomClientOptions(), default).WaitAsync(s_patience);
        Assert.True(association.Contexts[0].IsAccepted);
        silent.ForEach(c => c.Dispose());
    }

    /// <summary>The server ends the connection while pieces still come, ten a second; not much later than its timer says.</summary>
    private static async Task AssertEndsAsync(RawCaller caller, IEnumerable<byte[]> pieces)
    {
        var clock = Stopwatch.StartNew();
        var end = EndAsync();
        foreach (var piece in pieces)
        {
            if (await Task.WhenAny(end, Task.Delay(100)) == end)
                break;
            try
            {
                await caller.SendAsync(piece);
            }
            catch (IOException)
            {
                break;
            }
        }
        await end.WaitAsync(s_patience);
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(18));

        async Task EndAsync()
        {
            while (await caller.ReadAsync() is { } pdu)
                Assert.Equal(7, pdu[0]);
        }
    }
}
