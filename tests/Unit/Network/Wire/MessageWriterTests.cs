using System.Buffers.Binary;
using FlywheelDicom.IO;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Unit.Network.Wire;

public class MessageWriterTests
{
    private const string Class = "1.2.840.10008.5.1.4.1.1.2";
    private const string Syntax = "1.2.840.10008.1.2.1";
    private static readonly TimeSpan s_longEnough = TimeSpan.FromMinutes(1);
    private static readonly PresentationContext s_context = new(3, Class, []) { Result = PresentationContextResult.Accepted, AcceptedTransferSyntax = Syntax };
    private static readonly DimseCommand s_echo = new() { Field = CommandField.EchoRequest, MessageId = 7, SopClassUid = DicomUID.Verification };
    private static readonly DimseCommand s_store = new() { Field = CommandField.StoreRequest, MessageId = 7, HasDataset = true, SopClassUid = Class, SopInstanceUid = "1.2.3" };

    /// <summary>The longest fragment, where the peer takes PDUs of one length and we send those of another.</summary>
    [Theory]
    [InlineData(0, 64, 52)]
    [InlineData(64, 16384, 52)]
    [InlineData(16384, 64, 52)]
    [InlineData(65, 16384, 52)]
    [InlineData(63, 16384, 50)]
    [InlineData(14, 16384, 2)]
    [InlineData(13, 16384, 2)]
    [InlineData(1, 16384, 2)]
    [InlineData(uint.MaxValue, 64, 52)]
    [InlineData(0, 16384, 1000)]
    public async Task Fragments_are_as_long_as_the_peer_takes_them(uint peerLimit, int ownLimit, int expected)
    {
        var stream = new WireStream();
        using var transport = stream.Transport();
        using var writer = new MessageWriter(transport, peerLimit, ownLimit, s_longEnough);
        writer.Begin(5, s_echo);
        Assert.False(writer.IsLong);
        Assert.Equal(0, writer.DatasetLength);
        await writer.SendAsync();
        var command = Encode(s_echo);
        Assert.Equal(command.Chunk(expected), Fragments(stream.Written, 5, isCommand: true));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(52)]
    [InlineData(53)]
    [InlineData(104)]
    [InlineData(1000)]
    public async Task Data_set_follows_its_command(int length)
    {
        var stream = new WireStream();
        using var transport = stream.Transport();
        using var writer = new MessageWriter(transport, 64, 16384, s_longEnough);
        var content = Bytes(length);
        foreach (var known in (long[])[length, -1])
        {
            stream.Writes.Clear();
            using var dataset = new OutgoingDataset(new MemoryStream(content), Syntax, known);
            writer.Begin(s_context, s_store, dataset);
            Assert.Empty(stream.Writes);
            Assert.False(writer.IsLong);
            Assert.Equal(length, writer.DatasetLength);
            await writer.SendAsync();
            // The command and the data set went as one.
            Assert.Single(stream.Writes);
            var start = Encode(s_store).Chunk(52).Sum(c => 12 + c.Length);
            Assert.Equal(Encode(s_store).Chunk(52), Fragments(stream.Written.AsSpan(0, start), 3, isCommand: true));
            Assert.Equal(length == 0 ? [[]] : content.Chunk(52), Fragments(stream.Written.AsSpan(start), 3, isCommand: false));
        }
    }

    [Theory]
    [InlineData(16384)]
    [InlineData(400_000)]
    [InlineData(524_294)]
    public async Task Long_data_set_goes_in_pieces(int limit)
    {
        var content = Bytes(1_000_001);
        var stream = new WireStream();
        using var transport = stream.Transport();
        using var writer = new MessageWriter(transport, 0, limit, s_longEnough);
        using var dataset = new OutgoingDataset(new MemoryStream(content), Syntax, content.Length);
        writer.Begin(s_context, s_store, dataset);
        Assert.True(writer.IsLong);
        Assert.InRange(writer.DatasetLength, 200_000, 600_000);
        Assert.Empty(stream.Writes);
        await writer.SendBeginningAsync();
        Assert.False(writer.IsLong);
        Assert.Equal(content.Length, writer.DatasetLength);
        var beginning = stream.Writes.Count;
        await writer.SendRestAsync();
        Assert.Equal(beginning + 1, stream.Writes.Count);
        // Each fills its buffer, as far as whole fragments do.
        Assert.InRange(stream.Writes.Count, 2, 1_000_001 / (256 * 1024 - 16384) + 1);
        var fragments = Fragments(stream.Written.AsSpan(12 + Encode(s_store).Length), 3, isCommand: false);
        Assert.All(fragments.SkipLast(1), f => Assert.Equal(limit - 12, f.Length));
        Assert.True(content.AsSpan().SequenceEqual(fragments.SelectMany(f => f).ToArray()));
    }

    /// <summary>A fragment that would only just not fit is left for the next piece.</summary>
    [Fact]
    public async Task Fragment_fits_into_its_buffer_or_waits()
    {
        const int buffer = 256 * 1024;
        var command = 12 + Encode(s_store).Length;
        foreach (var limit in Enumerable.Range(-15, 30).Select(more => ((buffer - command) / 2 + more) & ~1).Distinct())
        {
            var stream = new WireStream();
            using var transport = stream.Transport();
            using var writer = new MessageWriter(transport, 0, limit, s_longEnough);
            using var dataset = new OutgoingDataset(new MemoryStream(new byte[buffer]), Syntax, buffer);
            writer.Begin(s_context, s_store, dataset);
            await writer.SendAsync();
            Assert.Equal(buffer, Fragments(stream.Written.AsSpan(command), 3, isCommand: false).Sum(f => f.Length));
            Assert.All(stream.Writes, w => Assert.InRange(w.Length, 1, buffer));
        }
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2")]
    [InlineData("1.2.840.10008.1.2.4.90")]
    public void Bytes_of_one_syntax_never_pass_under_the_name_of_another(string syntax)
    {
        using var transport = new WireStream().Transport();
        using var writer = new MessageWriter(transport, 0, 16384, s_longEnough);
        using var dataset = new OutgoingDataset(new MemoryStream(Bytes(10)), syntax, 10);
        Assert.Throws<InvalidOperationException>(() => writer.Begin(s_context, s_store, dataset));
        using var right = new OutgoingDataset(new MemoryStream(Bytes(10)), Syntax, 10);
        Assert.Throws<InvalidOperationException>(() => writer.Begin(s_context, s_store with { SopClassUid = "1.2.840.10008.5.1.4.1.1.4" }, right));
        Assert.Throws<InvalidOperationException>(() => writer.Begin(s_context with { AbstractSyntax = "" }, s_store with { SopClassUid = null }, right));
        var refused = Assert.Throws<InvalidOperationException>(() => writer.Begin(s_context with { Result = PresentationContextResult.NoReason }, s_store, right));
        Assert.Contains("CT Image Storage", refused.Message, StringComparison.Ordinal);
        writer.Begin(s_context, s_store, right);
    }

    [Fact]
    public async Task Wait_for_the_peer_is_told()
    {
        var gates = new Queue<TaskCompletionSource>();
        var stream = new WireStream
        {
            BeforeWrite = () =>
            {
                var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                gates.Enqueue(gate);
                return new ValueTask(gate.Task);
            },
        };
        using var transport = stream.Transport();
        using var writer = new MessageWriter(transport, 0, 16384, s_longEnough);
        using var dataset = new OutgoingDataset(new MemoryStream(Bytes(700_000)), Syntax, 700_000);
        writer.Begin(s_context, s_store, dataset);
        var waits = 0;
        var beginning = writer.SendBeginningAsync(() => waits++).AsTask();
        Assert.Equal(1, waits);
        gates.Dequeue().SetResult();
        await TestSupport.Eventually.HoldsAsync(() => waits == 2);
        Assert.False(beginning.IsCompleted);
        gates.Dequeue().SetResult();
        await beginning.WaitAsync(s_longEnough);
        var rest = writer.SendRestAsync(() => waits++);
        Assert.Equal(3, waits);
        gates.Dequeue().SetResult();
        await rest.AsTask().WaitAsync(s_longEnough);
        Assert.Empty(gates);
    }

    [Fact]
    public async Task Without_a_wait_none_is_told()
    {
        using var transport = new WireStream().Transport();
        using var writer = new MessageWriter(transport, 0, 16384, s_longEnough);
        using var dataset = new OutgoingDataset(new MemoryStream(Bytes(700_000)), Syntax, 700_000);
        writer.Begin(s_context, s_store, dataset);
        var waits = 0;
        await writer.SendBeginningAsync(() => waits++);
        await writer.SendRestAsync(() => waits++);
        Assert.Equal(0, waits);
    }

    [Fact]
    public async Task Write_under_way_is_waited_for_and_its_failure_told_once()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stream = new WireStream { BeforeWrite = () => new ValueTask(gate.Task) };
        using var transport = stream.Transport();
        using var writer = new MessageWriter(transport, 0, 16384, s_longEnough);
        using var dataset = new OutgoingDataset(new MemoryStream(Bytes(300_000)), Syntax, 600_000);
        writer.Begin(s_context, s_store, dataset);
        // The source ends while the first piece is being sent.
        await Assert.ThrowsAsync<DicomFormatException>(async () => await writer.SendBeginningAsync());
        var waits = 0;
        var drain = writer.DrainAsync(() => waits++).AsTask();
        Assert.False(drain.IsCompleted);
        Assert.Equal(1, waits);
        gate.SetException(new IOException("x"));
        await Assert.ThrowsAsync<IOException>(() => drain);
        await writer.DrainAsync(() => waits++);
        Assert.Equal(1, waits);
    }

    [Fact]
    public async Task Writer_is_used_for_one_message_after_another()
    {
        var stream = new WireStream();
        using var transport = stream.Transport();
        using var writer = new MessageWriter(transport, 0, 16384, s_longEnough);
        using var dataset = new OutgoingDataset(new MemoryStream(Bytes(10)), Syntax, 10);
        writer.Begin(s_context, s_store, dataset);
        await writer.SendAsync();
        stream.Writes.Clear();
        writer.Begin(9, s_echo);
        Assert.Equal(0, writer.DatasetLength);
        await writer.SendAsync();
        Assert.Equal([Encode(s_echo)], Fragments(stream.Written, 9, isCommand: true));
    }

    [Fact]
    public void Data_set_that_ends_early_is_no_message()
    {
        using var transport = new WireStream().Transport();
        using var writer = new MessageWriter(transport, 0, 16384, s_longEnough);
        using var dataset = new OutgoingDataset(new MemoryStream(Bytes(9)), Syntax, 10);
        Assert.True(Assert.Throws<DicomFormatException>(() => writer.Begin(s_context, s_store, dataset)).IsTruncated);
    }

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];

    private static byte[] Encode(DimseCommand command)
    {
        var bytes = new byte[DimseCommand.MaxLength];
        return bytes[..command.Encode(bytes)];
    }

    /// <summary>The data of the PDUs, of which each holds one PDV, and only the last says that it is the last.</summary>
    private static List<byte[]> Fragments(ReadOnlySpan<byte> written, byte contextId, bool isCommand)
    {
        var fragments = new List<byte[]>();
        while (!written.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(written[2..]);
            Assert.Equal([4, 0], written[..2].ToArray());
            Assert.Equal(length - 4, BinaryPrimitives.ReadInt32BigEndian(written[6..]));
            Assert.Equal((contextId, (isCommand ? 1 : 0) + (written.Length == 6 + length ? 2 : 0)), (written[10], written[11]));
            fragments.Add(written[12..(6 + length)].ToArray());
            written = written[(6 + length)..];
        }
        return fragments;
    }
}
