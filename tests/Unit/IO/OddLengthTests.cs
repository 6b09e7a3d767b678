using System.Buffers.Binary;
using System.IO.Compression;
using FlywheelDicom.TestSupport;
using static FlywheelDicom.TestSupport.SyntheticInstance;

namespace FlywheelDicom.Unit.IO;

/// <summary>What leaves has even lengths (PS3.5 §7.1.1); the generator's padded twin is the measure, byte for byte.</summary>
public class OddLengthTests
{
    private static SyntheticElement[] Odd(bool isUndefined, bool isUnpadded) =>
    [
        SyntheticElement.Text(0x00080005, "CS", "ISO_IR 192") with { IsUnpadded = isUnpadded },
        SyntheticElement.Text(0x00081030, "LO", "odd") with { IsUnpadded = isUnpadded },
        SyntheticElement.Sequence(0x00081110, isUndefined,
            [SyntheticElement.Text(0x00081150, "UI", "1.2.3") with { IsUnpadded = isUnpadded }, SyntheticElement.Text(0x00081155, "UI", "1.2") with { IsUnpadded = isUnpadded }],
            [
                SyntheticElement.Text(0x00081155, "UI", "1.2.4.5"),
                SyntheticElement.Sequence(0x0040A170, isUndefined, [SyntheticElement.Text(0x00080104, "LO", "deep1") with { IsUnpadded = isUnpadded }]),
            ]),
        SyntheticElement.Bytes(0x00420011, "OB", [1, 2, 3]) with { IsUnpadded = isUnpadded },
        SyntheticElement.Text(0x00204000, "LT", "a comment") with { IsUnpadded = isUnpadded },
    ];

    [Theory]
    [InlineData(Explicit)]
    [InlineData(Implicit)]
    [InlineData(BigEndian)]
    [InlineData(Deflated)]
    public void Values_are_padded_on_the_way_and_all_lengths_with_them(string syntax)
    {
        foreach (var isUndefined in new[] { false, true })
        {
            foreach (var hasGroupLengths in new[] { false, true })
            {
                foreach (var canSeek in new[] { true, false })
                {
                    var odd = new SyntheticInstance { TransferSyntax = syntax, HasGroupLengths = hasGroupLengths, Extra = Odd(isUndefined, true) };
                    var file = MemorySource.Read(odd.ToArray(), canSeek)!;
                    Assert.Null(file.Problem);
                    var expected = (odd with { Extra = Odd(isUndefined, false) }).Dataset();
                    Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(Sent(file, syntax)));
                    // What is saved is what is sent, and needs no repair.
                    var again = MemorySource.Read(file.OpenRead().ReadAll(), canSeek)!;
                    Assert.Equal(file.ComputeDigest(), again.ComputeDigest());
                }
            }
        }
    }

    [Theory]
    [InlineData(Explicit)]
    [InlineData(Implicit)]
    [InlineData(BigEndian)]
    public void Odd_pixel_data_is_padded_also_at_the_end_and_in_a_stream(string syntax)
    {
        foreach (var canSeek in new[] { true, false })
        {
            foreach (var isLast in new[] { true, false })
            {
                SyntheticElement Pixels(bool isUnpadded) => SyntheticElement.Bytes(0x7FE00010, "OB", [.. Enumerable.Range(0, 63).Select(i => (byte)i)]) with { IsUnpadded = isUnpadded };
                SyntheticElement[] tail = isLast ? [] : [SyntheticElement.Bytes(0xFFFCFFFC, "OB", new byte[20])];
                var odd = new SyntheticInstance { TransferSyntax = syntax, HasGroupLengths = true, Extra = [Pixels(true), .. tail] };
                var file = MemorySource.Read(odd.ToArray(), canSeek)!;
                var expected = (odd with { Extra = [Pixels(false), .. tail] }).Dataset();
                Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(Sent(file, syntax)));
            }
        }
    }

    [Fact]
    public void Odd_element_behind_pixel_data_is_padded()
    {
        foreach (var canSeek in new[] { true, false })
        {
            var odd = new SyntheticInstance { Extra = [SyntheticElement.Bytes(0xFFFCFFFC, "OB", new byte[21]) with { IsUnpadded = true }] };
            var expected = (odd with { Extra = [SyntheticElement.Bytes(0xFFFCFFFC, "OB", new byte[22])] }).Dataset();
            Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(Sent(MemorySource.Read(odd.ToArray(), canSeek)!, Explicit)));
        }
    }

    [Fact]
    public void Zeros_behind_the_data_set_are_not_sent()
    {
        foreach (var syntax in new[] { Explicit, Implicit, BigEndian, Jpeg2000 })
        {
            foreach (var zeros in new[] { 1, 2, 300, 301, 6000 })
            {
                foreach (var canSeek in new[] { true, false })
                {
                    var padded = new SyntheticInstance { TransferSyntax = syntax, Trailing = new byte[zeros] };
                    var file = MemorySource.Read(padded.ToArray(), canSeek)!;
                    Assert.Equal(Convert.ToHexString(padded.Dataset()), Convert.ToHexString(Sent(file, syntax)));
                    file.SetValue("PatientName", "X");
                    Assert.Equal(Convert.ToHexString((padded with { PatientName = "X" }).Dataset()), Convert.ToHexString(Sent(file, syntax)));
                }
            }
        }
    }

    [Fact]
    public void Odd_fragments_are_padded_and_their_offset_tables_follow()
    {
        byte[] first = [1, 2, 3], second = [4, 5, 6, 7], third = [8, 9, 10, 11, 12];
        var offsets = new ulong[] { 0, 8 + 3, 8 + 3 + 8 + 4 };
        var moved = new ulong[] { 0, 8 + 4, 8 + 4 + 8 + 4 };
        byte[] Basic(ulong[] from) => [.. from.SelectMany(o => BitConverter.GetBytes((uint)o))];
        byte[] Extended(ulong[] from) => [.. from.SelectMany(BitConverter.GetBytes)];
        SyntheticInstance Header(ulong[] from) => new()
        {
            TransferSyntax = Explicit, StatedTransferSyntax = Jpeg2000, HasPixelData = false, Frames = 3, Extra = [SyntheticElement.Bytes(0x7FE00001, "OV", Extended(from))],
        };
        byte[] odd = [.. Header(offsets).ToArray(), .. Fragments([Basic(offsets), first, second, third])];
        byte[] expected = [.. Header(moved).Dataset(), .. Fragments([Basic(moved), [.. first, 0], second, [.. third, 0]])];
        foreach (var canSeek in new[] { true, false })
            Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(Sent(MemorySource.Read(odd, canSeek)!, Jpeg2000)));
    }

    [Fact]
    public void Value_that_no_longer_fits_a_short_length_goes_as_UN()
    {
        var text = new string('x', 65_535);
        var odd = new SyntheticInstance { Extra = [SyntheticElement.Text(0x00204000, "LT", text) with { IsUnpadded = true }] };
        var expected = (odd with { Extra = [SyntheticElement.Text(0x00204000, "UN", text + " ")] }).Dataset();
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(Sent(MemorySource.Read(odd.ToArray())!, Explicit)));
    }

    [Theory]
    [InlineData(Explicit)]
    [InlineData(Implicit)]
    [InlineData(BigEndian)]
    [InlineData(Deflated)]
    public void Repairs_and_edits_go_together(string syntax)
    {
        var odd = new SyntheticInstance { TransferSyntax = syntax, HasGroupLengths = true, Extra = Odd(false, true) };
        var file = MemorySource.Read(odd.ToArray())!;
        file.SetValue("StudyDescription", "even");
        file.Remove("ReferencedStudySequence");
        file.SetValue("PatientName", "X");
        var extra = Odd(false, false).Where(e => e.Tag is not (0x00081030 or 0x00081110)).Append(SyntheticElement.Text(0x00081030, "LO", "even"));
        var expected = (odd with { PatientName = "X", Extra = [.. extra] }).Dataset();
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(Sent(file, syntax)));
    }

    [Fact]
    public void Deflated_stream_of_odd_length_gets_its_padding()
    {
        var odd = 0;
        for (var number = 1; number <= 40; number++)
        {
            var instance = new SyntheticInstance { TransferSyntax = Deflated, Number = number, Rows = 3 + number };
            var bytes = Unpadded(instance, out var length);
            odd += length % 2;
            foreach (var canSeek in new[] { true, false })
            {
                var file = MemorySource.Read(bytes, canSeek)!;
                var sent = file.OpenDataset().ReadAll();
                byte[] expected = [.. bytes[^length..], .. new byte[length % 2]];
                Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(sent));
                Assert.Equal(sent.Length, file.DatasetLength);
                Assert.EndsWith(Convert.ToHexString(expected), Convert.ToHexString(file.OpenRead().ReadAll()), StringComparison.Ordinal);
            }
        }
        Assert.True(odd > 5, $"Only {odd} streams were odd.");
    }

    [Fact]
    public void Conversions_of_odd_values_are_even()
    {
        var odd = new SyntheticInstance { Extra = Odd(true, true) };
        var even = odd with { Extra = Odd(true, false) };
        foreach (var target in new[] { Implicit, BigEndian })
        {
            var converted = MemorySource.Read(odd.ToArray())!.OpenDataset(DicomTransferSyntax.Lookup(target)).ReadAll();
            Assert.Equal(Convert.ToHexString((even with { TransferSyntax = target }).Dataset()), Convert.ToHexString(converted));
        }
    }

    private static byte[] Sent(DicomFile file, string syntax)
    {
        Assert.Null(file.Problem);
        var sent = file.OpenDataset().ReadAll();
        Assert.Equal(0, sent.Length % 2);
        if (syntax == Deflated)
            return new DeflateStream(new MemoryStream(sent), CompressionMode.Decompress).ReadAll();
        Assert.Equal(sent.Length, file.DatasetLength);
        return sent;
    }

    private static byte[] Fragments(byte[][] fragments)
    {
        var stream = new MemoryStream();
        stream.Write([0xE0, 0x7F, 0x10, 0x00, (byte)'O', (byte)'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        Span<byte> length = stackalloc byte[4];
        foreach (var fragment in fragments)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, fragment.Length);
            stream.Write([0xFE, 0xFF, 0x00, 0xE0, .. length, .. fragment]);
        }
        stream.Write([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
        return stream.ToArray();
    }

    private static byte[] Unpadded(SyntheticInstance instance, out int length)
    {
        var deflated = new MemoryStream();
        using (var deflate = new DeflateStream(deflated, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(instance.Dataset());
        length = (int)deflated.Length;
        var plain = (instance with { TransferSyntax = Explicit, StatedTransferSyntax = Deflated }).ToArray();
        return [.. plain[..^instance.Dataset().Length], .. deflated.ToArray()];
    }
}
