using System.Net.Sockets;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Scp;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Wire;
using FlywheelDicom.TestSupport;
using static FlywheelDicom.TestSupport.SyntheticInstance;

namespace FlywheelDicom.Unit.Network;

public class ServerTests
{
    private static DicomDestination At(DicomServer server) => new() { Host = "localhost", Port = server.Port, CalledAE = "RECEIVER" };

    [Theory]
    [InlineData(Explicit)]
    [InlineData(Implicit)]
    [InlineData(BigEndian)]
    [InlineData(Deflated)]
    [InlineData(Rle)]
    [InlineData("1.2.840.10008.1.2.4.201")]
    public async Task Received_file_is_Part_10_with_the_same_data_set(string syntax)
    {
        var folder = Directory.CreateTempSubdirectory("fwdicom-test");
        try
        {
            await using var server = DicomServer.Start(new DicomServerOptions { Sink = new FolderSink(folder.FullName) });
            await using var client = new DicomClient(At(server), new DicomClientOptions());
            var source = new SyntheticInstance { TransferSyntax = syntax };
            await client.StoreAsync(MemorySource.Read(source.ToArray())!);
            await client.CloseAsync();
            var path = Path.Combine(folder.FullName, source.SopInstance + ".dcm");
            var file = DicomFile.Open(path);
            Assert.Equal((syntax, source.SopInstance), (file.TransferSyntaxUid, file.SopInstanceUid));
            Assert.True(source.ToArray().AsSpan().EndsWith(file.OpenDataset().ReadAll()));
            Assert.Single(folder.GetFiles());
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public async Task Many_associations_are_served_at_once_and_the_one_too_many_is_refused_politely()
    {
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink(), MaxAssociations = 8 });
        var clients = Enumerable.Range(0, 8).Select(_ => new DicomClient(At(server), new DicomClientOptions())).ToArray();
        await Task.WhenAll(clients.Select((c, i) => c.StoreAsync(MemorySource.Read(new SyntheticInstance { Number = i }.ToArray())!)));
        await using var ninth = new DicomClient(At(server), new DicomClientOptions());
        var e = await Assert.ThrowsAsync<DicomAssociationRejectedException>(() => ninth.EchoAsync());
        Assert.Equal((2, 3, 2), (e.Result, e.RejectSource, e.Reason));
        foreach (var client in clients)
            await client.CloseAsync();
        Assert.Equal((8, 8), (server.Instances, server.Associations));
    }

    [Fact]
    public async Task Wrong_called_AE_title_and_foreign_services_are_refused()
    {
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink(), AETitle = "OTHER" });
        await using var client = new DicomClient(At(server), new DicomClientOptions());
        var e = await Assert.ThrowsAsync<DicomAssociationRejectedException>(() => client.EchoAsync());
        Assert.Equal((1, 1, 7), (e.Result, e.RejectSource, e.Reason));

        await using var open = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink() });
        PresentationContext[] find = [new(1, "1.2.840.10008.5.1.4.1.2.2.1", [Implicit]), new(3, "1.2.3.4.5.6", [Implicit]), new(5, DicomUID.Verification, [Rle])];
        await using var association = await DicomAssociation.RequestAsync(At(open), find, new DicomClientOptions(), default);
        Assert.Equal(
            [PresentationContextResult.AbstractSyntaxNotSupported, PresentationContextResult.Accepted, PresentationContextResult.TransferSyntaxesNotSupported],
            association.Contexts.Select(c => c.Result));
    }

    [Fact]
    public async Task Caller_that_says_nothing_is_hung_up_on()
    {
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink(), ArtimTimeout = TimeSpan.FromSeconds(1) });
        using var silent = new TcpClient("localhost", server.Port);
        using var rest = new MemoryStream();
        await silent.GetStream().CopyToAsync(rest).WaitAsync(TimeSpan.FromSeconds(30));
        // An A-ABORT at most.
        Assert.InRange(rest.Length, 0, 10);
    }

    [Fact]
    public async Task Hostile_bytes_cost_one_connection_and_nothing_more()
    {
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink() });
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            using var socket = new TcpClient("localhost", server.Port);
            var bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            if (i % 2 == 0)
                bytes[0] = (byte)random.Next(1, 8);
            try
            {
                await socket.GetStream().WriteAsync(bytes);
            }
            catch (IOException)
            {
                // It hung up on us while we were still talking: just what it should do.
            }
        }
        await using var client = new DicomClient(At(server), new DicomClientOptions());
        Assert.Equal(DicomStatus.Success, (await client.EchoAsync()).Response!.Status);
    }

    [Fact]
    public async Task Broken_transfer_leaves_no_file()
    {
        var folder = Directory.CreateTempSubdirectory("fwdicom-test");
        try
        {
            await using var server = DicomServer.Start(new DicomServerOptions { Sink = new FolderSink(folder.FullName) });
            using var stop = new CancellationTokenSource();
            await using var client = new DicomClient(At(server), new DicomClientOptions(), stop.Token);
            await client.StoreAsync(MemorySource.Read(new SyntheticInstance().ToArray())!);
            var endless = DicomFile.Read(new SlowSource(new SyntheticInstance { Number = 2, Rows = 1000, Columns = 1000 }.ToArray()), "slow", new DicomOrigin { FileName = "slow" })!;
            var store = Task.Run(() => client.StoreAsync(endless));
            await Eventually.HoldsAsync(() => folder.GetFiles().Length == 2);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store);
            await Eventually.HoldsAsync(() => server.OpenAssociations == 0);
            Assert.Single(folder.GetFiles());
            Assert.Equal(1, server.Instances);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    private sealed class SlowSource(byte[] bytes) : FlywheelDicom.IO.DicomSource
    {
        private int _opened;
        public override long Length => bytes.Length;
        public override Stream Open() => _opened++ == 0 ? new MemoryStream(bytes) : new Slow(new MemoryStream(bytes));

        private sealed class Slow(MemoryStream inner) : FlywheelDicom.IO.ForwardStream
        {
            public override int Read(Span<byte> buffer)
            {
                Thread.Sleep(20);
                return inner.Read(buffer[..Math.Min(buffer.Length, 10_000)]);
            }
        }
    }
}
