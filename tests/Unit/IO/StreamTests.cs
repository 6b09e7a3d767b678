using System.IO.Compression;
using System.Security.Cryptography;
using FlywheelDicom.IO;

namespace FlywheelDicom.Unit.IO;

/// <summary>The streams that a data set is read through.</summary>
public sealed class StreamTests
{
    private static byte[] Bytes(int count, int from = 0) => [.. Enumerable.Range(from, count).Select(i => (byte)i)];

    /// <summary>Gives at most so many bytes at a time, and knows whether it was disposed.</summary>
    private sealed class Source(byte[] bytes, int step = int.MaxValue, bool canSeek = true) : MemoryStream(bytes)
    {
        public bool IsDisposed { get; private set; }
        public int Reads { get; private set; }
        public int Seeks { get; private set; }
        public override bool CanSeek => canSeek;

        public override int Read(Span<byte> buffer)
        {
            var piece = new byte[buffer.Length];
            var read = Read(piece, 0, piece.Length);
            piece.AsSpan(0, read).CopyTo(buffer);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Reads++;
            return base.Read(buffer, offset, Math.Min(step, count));
        }

        public override long Seek(long offset, SeekOrigin loc)
        {
            Seeks++;
            return base.Seek(offset, loc);
        }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }

    private static byte[] ReadBy(Stream stream, int step)
    {
        var all = new MemoryStream();
        var buffer = new byte[step];
        while (stream.Read(buffer) is > 0 and var read)
            all.Write(buffer, 0, read);
        return all.ToArray();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void One_after_the_other(int step)
    {
        var (first, second) = (new Source(Bytes(5), 2), new Source(Bytes(7, 5), 2));
        var both = new ConcatenatedStream(first, second);
        Assert.Equal(0, both.Read([]));
        Assert.Equal(0, second.Position);
        Assert.Equal(Bytes(12), ReadBy(both, step));
        Assert.Equal(0, both.Read(new byte[3]));
        // Once it is through with the first, it does not ask it again.
        var reads = first.Reads;
        Assert.Equal(0, both.Read(new byte[3]));
        Assert.Equal(reads, first.Reads);
        both.Dispose();
        Assert.True(first.IsDisposed && second.IsDisposed);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 4)]
    [InlineData(10, 10)]
    [InlineData(11, 10)]
    public void First_bytes_of_a_stream(int length, int expected)
    {
        var source = new Source(Bytes(10), 3);
        var limited = new LimitedStream(source, length);
        Assert.Equal(Bytes(expected), ReadBy(limited, 4));
        Assert.Equal(expected, source.Position);
        limited.Dispose();
        Assert.True(source.IsDisposed);
    }

    [Fact]
    public void Digest_is_of_what_was_read()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var source = new Source(Bytes(10), 3);
        var digesting = new DigestingStream(source, hash);
        Assert.Equal(Bytes(10), ReadBy(digesting, 4));
        Assert.Equal(SHA256.HashData(Bytes(10)), hash.GetHashAndReset());
        digesting.Dispose();
        Assert.True(source.IsDisposed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(200_000)]
    public void Deflated_is_of_even_length_and_inflates_to_the_same(int length)
    {
        var plain = new byte[length];
        new Random(length).NextBytes(plain);
        foreach (var step in (int[])[7, 100_000])
        {
            var source = new Source(plain);
            var deflating = new DeflatingStream(source);
            Assert.Equal(0, deflating.Read([]));
            Assert.Equal(0, source.Reads);
            var deflated = ReadBy(deflating, step);
            Assert.Equal(0, deflated.Length % 2);
            Assert.Equal(plain, new DeflateStream(new MemoryStream(deflated), CompressionMode.Decompress).ReadAll());
            Assert.Equal(0, deflating.Read(new byte[10]));
            deflating.Dispose();
            Assert.True(source.IsDisposed);
        }
        var early = new Source(plain);
        new DeflatingStream(early).Dispose();
        Assert.True(early.IsDisposed);
    }

    /// <summary>At a position, so many bytes go and these come.</summary>
    [Theory]
    [InlineData("", "0123456789")]
    [InlineData("0-0+ab", "ab0123456789")]
    [InlineData("0-2+ab", "ab23456789")]
    [InlineData("3-2+abc", "012abc56789")]
    [InlineData("3-0+abc", "012abc3456789")]
    [InlineData("3-2+", "01256789")]
    [InlineData("2-1+a,3-1+b", "01ab456789")]
    [InlineData("2-0+a,2-1+b", "01ab3456789")]
    [InlineData("10-0+ab", "0123456789ab")]
    [InlineData("8-2+ab", "01234567ab")]
    [InlineData("0-10+", "")]
    public void Edits_are_made_on_the_way(string plan, string expected)
    {
        Splice[] splices = [.. plan.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('-', '+')).Select(p => new Splice(long.Parse(p[0], null), long.Parse(p[1], null), System.Text.Encoding.ASCII.GetBytes(p[2])))];
        foreach (var step in (int[])[1, 2, 3, 100])
        {
            var source = new Source("0123456789"u8.ToArray(), canSeek: step % 2 == 0);
            var spliced = new SplicedStream(source, splices);
            Assert.Equal(0, spliced.Read([]));
            Assert.Equal(expected, System.Text.Encoding.ASCII.GetString(ReadBy(spliced, step)));
            spliced.Dispose();
            Assert.True(source.IsDisposed);
        }
    }

    [Fact]
    public void Source_that_ends_before_an_edit_is_truncated()
    {
        using var spliced = new SplicedStream(new Source(Bytes(5)), [new Splice(6, 0, [1])]);
        Assert.True(Assert.Throws<DicomFormatException>(() => ReadBy(spliced, 3)).IsTruncated);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Buffer_shows_bytes_before_they_are_taken(bool canSeek)
    {
        var content = Bytes(100_000);
        using var buffer = new ForwardBuffer(new Source(content, 1000, canSeek), 16);
        Assert.Equal(content[..3], buffer.Peek(3).ToArray());
        Assert.Equal(content[..50], buffer.Peek(50).ToArray());
        Assert.Equal(0, buffer.Position);
        Assert.True(buffer.Skip(10));
        Assert.Equal(10, buffer.Position);
        Assert.Equal(content[10..5000], buffer.Peek(4990).ToArray());
        var target = new byte[20];
        Assert.Equal(20, buffer.Read(target));
        Assert.Equal((content[10], content[29], 30), (target[0], target[^1], buffer.Position));
        Assert.True(buffer.Skip(60_000));
        Assert.Equal(60_030, buffer.Position);
        Assert.Equal(content[60_030..60_040], buffer.Peek(10).ToArray());
        Assert.False(buffer.AtEnd);
        Assert.True(buffer.Skip(39_970));
        Assert.Equal(100_000, buffer.Position);
        Assert.True(buffer.AtEnd);
        Assert.True(buffer.Peek(5).IsEmpty);
        Assert.Equal(0, buffer.Read(target));
        Assert.True(buffer.Skip(0));
        Assert.False(buffer.Skip(1));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    public void Step_beyond_the_end_is_none(bool canSeek, int more)
    {
        using var buffer = new ForwardBuffer(new Source(Bytes(30_000), 700, canSeek));
        buffer.Peek(10);
        Assert.Equal(more == 0, buffer.Skip(30_000 + more));
    }

    [Fact]
    public void Long_steps_seek_and_short_ones_read()
    {
        var source = new Source(Bytes(100_000));
        using var buffer = new ForwardBuffer(source);
        Assert.True(buffer.Skip(8192));
        Assert.Equal(0, source.Seeks);
        Assert.True(buffer.Skip(50_000));
        Assert.Equal((1, 58_192), (source.Seeks, (int)buffer.Position));
        Assert.Equal(58_192 % 256, buffer.Peek(1)[0]);
        // Where it cannot seek it reads.
        var pipe = new Source(Bytes(100_000), canSeek: false);
        using var other = new ForwardBuffer(pipe);
        Assert.True(other.Skip(50_000));
        Assert.Equal((0, 50_000 % 256), (pipe.Seeks, other.Peek(1)[0]));
    }

    [Theory]
    [InlineData(20, 20, 20)]
    [InlineData(20, 21, 20)]
    [InlineData(25, 40, 20)]
    [InlineData(9, 10, 0)]
    [InlineData(50_000, 30_000, 30_000)]
    public void Passed_bytes_are_kept_up_to_a_limit(int limit, int passed, int kept)
    {
        using var buffer = new ForwardBuffer(new Source(Bytes(60_000), canSeek: false), 16);
        Assert.True(buffer.Skip(5));
        Assert.Empty(buffer.Kept);
        buffer.Rebase(limit);
        Assert.Equal(0, buffer.Position);
        for (var left = passed; left > 0; left -= 10)
            Assert.True(buffer.Skip(Math.Min(10, left)));
        Assert.Equal(passed, buffer.Position);
        Assert.Equal(Bytes(60_000)[5..(5 + kept)].Length, buffer.Kept.Length);
        Assert.Equal(Bytes(60_000)[5..(5 + kept)], buffer.Kept);
        buffer.EndKeeping();
        buffer.Skip(1);
        Assert.Equal(kept, buffer.Kept.Length);
    }

    [Fact]
    public void Seeking_ends_the_keeping()
    {
        using var buffer = new ForwardBuffer(new Source(Bytes(100_000)));
        buffer.Rebase(90_000);
        Assert.True(buffer.Skip(100));
        Assert.True(buffer.Skip(50_000));
        Assert.True(buffer.Skip(10));
        Assert.InRange(buffer.Kept.Length, 100, 8192 * 2);
        Assert.Equal(Bytes(100_000)[..buffer.Kept.Length], buffer.Kept);
    }
}
