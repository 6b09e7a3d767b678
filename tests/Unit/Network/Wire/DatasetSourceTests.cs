using FlywheelDicom.IO;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Unit.Network.Wire;

public class DatasetSourceTests
{
    /// <summary>The length of each piece, whether it was known to be the last, and what had been read in all.</summary>
    [Theory]
    [InlineData(10, 10, 4, "4- 8- 10!")]
    [InlineData(8, 8, 4, "4- 8!")]
    [InlineData(3, 3, 4, "3!")]
    [InlineData(0, 0, 4, "0!")]
    [InlineData(10, 6, 4, "4- 6!")]
    [InlineData(10, -1, 4, "4- 8- 10!")]
    [InlineData(8, -1, 4, "4- 8!")]
    [InlineData(4, -1, 4, "4!")]
    [InlineData(3, -1, 4, "3!")]
    [InlineData(1, -1, 1, "1!")]
    [InlineData(3, -1, 1, "1- 2- 3!")]
    [InlineData(0, -1, 4, "0!")]
    public void Pieces_are_full_and_the_last_is_known(int given, int length, int size, string expected)
    {
        var bytes = Enumerable.Range(1, given).Select(i => (byte)i).ToArray();
        var source = new DatasetSource(new Dripping(bytes), length);
        var (read, seen) = (new List<byte>(), new List<string>());
        while (!source.IsAtEnd)
        {
            Assert.True(seen.Count < 20);
            var piece = new byte[size];
            var count = source.Read(piece);
            read.AddRange(piece[..count]);
            seen.Add($"{source.Total}{(source.IsAtEnd ? '!' : '-')}");
        }
        Assert.Equal(expected, string.Join(' ', seen));
        Assert.Equal(bytes[..(length < 0 ? given : length)], read);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    public void Source_that_ends_before_its_length_is_truncated(int given)
    {
        var source = new DatasetSource(new MemoryStream(new byte[given]), 8);
        var e = Assert.Throws<DicomFormatException>(() =>
        {
            source.Read(new byte[4]);
            source.Read(new byte[4]);
        });
        Assert.True(e.IsTruncated);
        Assert.Equal(given, source.Total);
        Assert.False(source.IsAtEnd);
    }

    public static TheoryData<Exception, bool> Failures => new()
    {
        { new IOException("x"), true }, { new InvalidDataException("x"), true }, { new UnauthorizedAccessException("x"), true }, { new ObjectDisposedException("x"), true },
        { new InvalidOperationException("x"), false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Failure_of_the_source_is_none_of_the_network(Exception failure, bool isOfTheSource)
    {
        foreach (var length in (long[])[-1, 4])
        {
            var source = new DatasetSource(new Failing(failure), length);
            var e = Assert.ThrowsAny<Exception>(() => source.Read(new byte[4]));
            if (isOfTheSource)
                Assert.False(Assert.IsType<DicomFormatException>(e).IsTruncated);
            else
                Assert.Same(failure, e);
        }
    }

    [Fact]
    public void What_the_source_says_of_its_format_is_passed_on()
    {
        var failure = new DicomFormatException("x") { IsTruncated = true };
        Assert.Same(failure, Assert.Throws<DicomFormatException>(() => new DatasetSource(new Failing(failure), 4).Read(new byte[4])));
    }

    /// <summary>Gives two bytes at a time.</summary>
    private sealed class Dripping(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 2)]);
    }

    private sealed class Failing(Exception failure) : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw failure;
    }
}
