using System.IO.Compression;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Unit.Transfer;

public class ReadAheadTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private static byte[] Content(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes.AsSpan(0, length / 2));
        return bytes;
    }

    private static MemoryStream Packed(byte[] content)
    {
        var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(content);
        packed.Position = 0;
        return packed;
    }

    private static ReadAheadStream Open(Stream packed) => new(new DeflateStream(packed, CompressionMode.Decompress));

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(1, 1000)]
    [InlineData(65_536, 65_536)]
    [InlineData(65_537, 4096)]
    [InlineData(3_000_000, 1)]
    [InlineData(5_000_000, 100_000)]
    public void What_is_read_is_what_was_packed(int length, int step)
    {
        var content = Content(length);
        using var stream = Open(Packed(content));
        var read = new MemoryStream();
        var buffer = new byte[step];
        while (stream.Read(buffer) is > 0 and var count)
            read.Write(buffer.AsSpan(0, count));
        Assert.Equal(content, read.ToArray());
        Assert.Equal(0, stream.Read(buffer));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(200_000)]
    [InlineData(2_000_000)]
    public async Task Reader_that_has_had_enough_leaves_at_once(int enough)
    {
        var packed = Packed(Content(8_000_000)).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() =>
        {
            using var stream = Open(new MemoryStream(packed));
            var buffer = new byte[10_000];
            for (var read = 0; read < enough;)
                read += stream.Read(buffer);
        }))).WaitAsync(s_patience);
    }

    [Fact]
    public void Damage_is_told_where_the_reader_comes_upon_it()
    {
        var content = Content(4_000_000);
        var packed = Packed(content);
        packed.SetLength(packed.Length / 2);
        using var stream = Open(packed);
        var buffer = new byte[100_000];
        var read = new MemoryStream();
        Assert.ThrowsAny<Exception>(() =>
        {
            while (stream.Read(buffer) is > 0 and var count)
                read.Write(buffer.AsSpan(0, count));
            // The platform takes a cut as the end; whoever knows the length does not.
            if (read.Length < content.Length)
                throw new InvalidDataException("cut");
        });
        Assert.InRange(read.Length, 500_000, content.Length - 1);
        Assert.Equal(content[..(int)read.Length], read.ToArray());
    }

    [Fact]
    public async Task Each_begins_at_once_however_many_wait()
    {
        const int Count = 40;
        using var all = new CountdownEvent(Count);
        using var go = new ManualResetEventSlim();
        var finished = 0;
        for (var i = 0; i < Count; i++)
        {
            UnpackingThreads.Run(() =>
            {
                all.Signal();
                go.Wait();
                Interlocked.Increment(ref finished);
            });
        }
        Assert.True(all.Wait(s_patience));
        go.Set();
        await TestSupport.Eventually.HoldsAsync(() => Volatile.Read(ref finished) == Count);
    }

    [Fact]
    public void Threads_are_used_again()
    {
        var threads = new HashSet<int>();
        var isUsedAgain = false;
        // A thread is free a moment after its work is done; on a loaded machine others may be begun until then.
        for (var i = 0; i < 1000 && !isUsedAgain; i++)
        {
            using var done = new ManualResetEventSlim();
            UnpackingThreads.Run(() =>
            {
                isUsedAgain = !threads.Add(Environment.CurrentManagedThreadId);
                done.Set();
            });
            Assert.True(done.Wait(s_patience));
        }
        Assert.True(isUsedAgain);
    }
}
