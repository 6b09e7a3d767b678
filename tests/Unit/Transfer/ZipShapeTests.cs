using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using FlywheelDicom.TestSupport;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.LZMA;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>What programs write as a zip, sound and unsound.</summary>
public sealed class ZipShapeTests : ArchiveFolder
{
    private const ushort DeflateMethod = 8;
    private const ushort Bzip2Method = 12;
    private const ushort LzmaMethod = 14;
    private const ushort ZstandardMethod = 93;
    private const ushort XzMethod = 95;

    private static byte[] Packed(ushort method, byte[] content)
    {
        var stream = new MemoryStream();
        switch (method)
        {
            case 0:
                return content;
            case DeflateMethod:
                using (var deflate = new DeflateStream(stream, CompressionLevel.Fastest, true))
                    deflate.Write(content);
                break;
            case Bzip2Method:
                using (var bzip2 = BZip2Stream.Create(stream, SharpCompress.Compressors.CompressionMode.Compress, false, true, false))
                    bzip2.Write(content);
                break;
            case LzmaMethod:
                using (var lzma = LzmaStream.Create(new LzmaEncoderProperties(false, 1 << 16), false, stream))
                {
                    var properties = lzma.Properties;
                    lzma.Write(content);
                    lzma.Dispose();
                    return [9, 20, 5, 0, .. properties, .. stream.ToArray()];
                }
            case ZstandardMethod:
                using (var zstandard = new SharpCompress.Compressors.ZStandard.CompressionStream(stream, 3, 0, true))
                    zstandard.Write(content);
                break;
            default:
                return XzBytes.Stream(content);
        }
        return stream.ToArray();
    }

    public static TheoryData<int> Methods => [0, DeflateMethod, Bzip2Method, LzmaMethod, ZstandardMethod, XzMethod];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Entries_of_one_name_are_told_apart_by_their_place(int method)
    {
        var zip = new ZipBytes();
        for (var i = 1; i <= 3; i++)
            zip.Add("same.dcm", Instance(i), (ushort)method, Packed((ushort)method, Instance(i)));
        AssertHolds("x.zip", zip.ToArray(), 1, 2, 3);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Check_sum_counts_whatever_the_method(int method)
    {
        // Sound in its own way; other bytes than the directory states.
        var other = Changed(Instance(1), Instance(1).Length - 10);
        var zip = new ZipBytes().Add("1.dcm", Instance(1), (ushort)method, Packed((ushort)method, other)).Add("2.dcm", Instance(2)).ToArray();
        var files = Read("x.zip", zip);
        Assert.Equal(2, files.Count);
        var e = Record.Exception(() => files[0].Problem is { } problem ? throw new InvalidDataException(problem) : files[0].OpenRead().ReadAll());
        Assert.Contains("'1.dcm' is damaged: its check sum is wrong", Assert.IsType<InvalidDataException>(e).Message, StringComparison.Ordinal);
        Assert.Equal(Instance(2), files[1].OpenRead().ReadAll());
    }

    [Theory]
    [InlineData(Bzip2Method)]
    [InlineData(LzmaMethod)]
    [InlineData(ZstandardMethod)]
    public void Many_entries_of_a_rare_method_take_one_pass_and_no_open_files(int method)
    {
        const int count = 1000;
        var packed = Packed((ushort)method, Instance(1));
        var zip = new ZipBytes();
        for (var i = 0; i < count; i++)
            zip.Add($"{i}.dcm", Instance(1), (ushort)method, packed);
        var path = Write("x.zip", zip.ToArray());
        var watch = Stopwatch.StartNew();
        var files = Read(path);
        Assert.Equal(count, files.Count(f => f.Problem is null));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"{watch.Elapsed}");
        if (OperatingSystem.IsLinux())
            Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, 700);
        Assert.Equal(Instance(1), files[^1].OpenRead().ReadAll());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(333)]
    [InlineData(200_000)]
    public void Bytes_before_the_first_entry_shift_all(int count)
    {
        var zip = new ZipBytes { Front = Encoding.ASCII.GetBytes(new string('#', count)) };
        var bytes = zip.Add("1", Instance(1)).Add("2", Instance(2), DeflateMethod, Packed(DeflateMethod, Instance(2))).ToArray("a comment");
        AssertHolds("x.zip", bytes, 1, 2);
        // In a folder, and in another archive.
        AssertHolds("y/self-extracting.exe", bytes, 1, 2);
        AssertHolds("outer.zip", new ZipBytes().Add("inner.zip", bytes, DeflateMethod, Packed(DeflateMethod, bytes)).ToArray(), 1, 2);
        Assert.Equal(2, Read(Path.Combine(Folder, "y")).Count);
    }

    [Fact]
    public void More_entries_than_sixteen_bits_count_are_read_without_zip64()
    {
        const int count = 65_536 + 3;
        var zip = new ZipBytes();
        for (var i = 0; i < count; i++)
            zip.Add($"{i}", i < 65_536 ? "note"u8.ToArray() : Instance(i - 65_535));
        AssertHolds("x.zip", zip.ToArray(count: count - 65_536), 1, 2, 3);
        var files = Read("lies.zip", zip.ToArray(count: 7));
        Assert.Equal([null, null, null, DicomProblem.BadArchive], ProblemsOf(files));
        Assert.Contains("another number of entries", files[^1].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_that_lies_about_a_length_is_caught()
    {
        var zip = new ZipBytes()
            .Add("zero.dcm", Instance(1), stated: 0, statedPacked: 0)
            .Add("zero", Instance(2), stated: 0, statedPacked: 0, local: 0)
            .Add("short.dcm", Instance(3), DeflateMethod, Packed(DeflateMethod, Instance(3)), stated: 700, local: 0)
            .Add("long.dcm", Instance(4), DeflateMethod, Packed(DeflateMethod, Instance(4)), stated: 900_000, local: 0)
            .Add("zero-deflated", Instance(5), DeflateMethod, Packed(DeflateMethod, Instance(5)), stated: 0, local: 0)
            .Add("sound.dcm", Instance(6));
        var files = Read("x.zip", zip.ToArray());
        Assert.Equal(["zero.dcm", "zero", "short.dcm", "long.dcm", "zero-deflated", "sound.dcm"], files.Select(f => f.Name));
        Assert.Equal(Instance(6), files[^1].OpenRead().ReadAll());
        foreach (var file in files.SkipLast(1))
        {
            if (file.Problem is null)
                Assert.Throws<InvalidDataException>(() => file.OpenRead().ReadAll());
        }
        Assert.All(files.Where(f => f.Name.StartsWith("zero", StringComparison.Ordinal)), f => Assert.Equal(DicomProblem.BadArchive, f.ProblemDetail!.Id));
    }

    [Fact]
    public void Empty_entries_are_rows_where_their_name_says_DICOM_and_else_are_told()
    {
        var zip = new ZipBytes().Add("1.dcm", []).Add("IM0002", []).Add("__init__.py", []).Add("3", Instance(3)).ToArray();
        var files = Read("x.zip", zip);
        Assert.Equal([DicomProblem.NotDicom, null], ProblemsOf(files));
        Assert.Contains("empty", files[0].Problem, StringComparison.Ordinal);
        Assert.Contains("1 empty entries beside its images, such as 'IM0002'", Assert.Single(Warned), StringComparison.Ordinal);
        Assert.Contains(LeftOut, l => l.Contains("__init__.py", StringComparison.Ordinal));
        var tar = new TarBytes().Add("1.dcm", []).Add("3", Instance(3)).End().ToArray();
        foreach (var archive in new[] { tar, Gzip(tar), SevenZipBytes.Of([0], ("1.dcm", []), ("3", Instance(3))) })
            Assert.Equal([DicomProblem.NotDicom, null], ProblemsOf(Read("x.tar", archive)));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    public void Time_that_is_none_costs_nothing(uint time)
        => AssertHolds("x.zip", new ZipBytes().Add("1", Instance(1), time: time).ToArray(), 1);

    [Theory]
    [InlineData(1, "shrink")]
    [InlineData(6, "implode")]
    [InlineData(97, "WavPack")]
    public void Method_that_is_not_supported_is_named_and_costs_its_entry_alone(int method, string named)
    {
        var files = Read("x.zip", new ZipBytes().Add("1.dcm", Instance(1), (ushort)method).Add("2.dcm", Instance(2)).ToArray());
        Assert.Equal([DicomProblem.UnsupportedArchive, null], ProblemsOf(files));
        Assert.Contains(named, files[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_old_PCs_are_read()
    {
        var zip = new ZipBytes().Add("", Instance(1), rawName: [0x81, (byte)'.', (byte)'d']).Add("ü\u0007.dcm", Instance(2)).ToArray();
        Assert.Equal(["ü.d", @"ü\u0007.dcm"], Read("x.zip", zip).Select(f => f.Name));
    }

    [Fact]
    public void Two_zips_one_behind_the_other_are_not_half_read()
    {
        var one = new ZipBytes().Add("1", Instance(1)).ToArray();
        Assert.Equal([DicomProblem.BadArchive], ProblemsOf(Read("x.zip", [.. one, .. one])));
    }
}
