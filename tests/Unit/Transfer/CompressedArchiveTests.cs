using FlywheelDicom.TestSupport;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.ZStandard;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>A compressed archive counts to its last byte: what its own tool refuses is never complete.</summary>
public sealed class CompressedArchiveTests : ArchiveFolder
{
    private static readonly byte[] s_tar = new TarBytes().Add("1.dcm", Instance(1)).Add("2.dcm", Instance(2)).Add("3.dcm", Instance(3)).End().ToArray();

    private static byte[] Compressed(string format, byte[] bytes)
    {
        var stream = new MemoryStream();
        switch (format)
        {
            case "gz":
                return Gzip(bytes);
            case "xz":
                return XzBytes.Stream(bytes);
            case "xz, SHA-256":
                return XzBytes.Stream(bytes, check: 10);
            case "bz2":
                using (var bzip2 = BZip2Stream.Create(stream, SharpCompress.Compressors.CompressionMode.Compress, false, true, false))
                    bzip2.Write(bytes);
                break;
            default:
                var compressor = new Compressor(3);
                compressor.SetParameter(SharpCompress.Compressors.ZStandard.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
                using (var zstandard = new CompressionStream(stream, compressor, 0, false, true))
                    zstandard.Write(bytes);
                break;
        }
        return stream.ToArray();
    }

    public static TheoryData<string> Formats => ["gz", "xz", "xz, SHA-256", "bz2", "zst"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Whole_one_is_read(string format)
    {
        AssertHolds("x", Compressed(format, s_tar), 1, 2, 3);
        AssertHolds("x.dcm.z", Compressed(format, Instance(4)), 4);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Several_streams_one_behind_the_other_are_one(string format)
    {
        byte[] parts = [.. Compressed(format, s_tar[..1000]), .. Compressed(format, []), .. Compressed(format, s_tar[1000..])];
        AssertHolds("x", parts, 1, 2, 3);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Altered_byte_anywhere_leaves_a_problem(string format)
    {
        var whole = Compressed(format, s_tar);
        // Not the file's name and time in gzip's header, which no sum covers; nor what fills up bzip2's last byte.
        for (var at = 12; at < whole.Length - 1; at += Math.Max(1, whole.Length / 40))
        {
            var files = Read("x", Changed(whole, at));
            Assert.True(files.Any(f => f.Problem is not null), $"byte {at} of {whole.Length}");
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void End_that_is_cut_off_leaves_a_problem_behind_what_is_whole(string format)
    {
        var whole = Compressed(format, s_tar);
        foreach (var cut in new[] { 1, 2, 4, 7, 8 })
        {
            var files = Read("x", whole[..^cut]);
            Assert.Equal(DicomProblem.BadArchive, files[^1].ProblemDetail?.Id);
            Assert.NotEmpty(files[^1].Problem!);
        }
        var single = Compressed(format, Instance(1));
        Assert.Equal([DicomProblem.BadArchive], ProblemsOf(Read("1.dcm.z", single[..^3])));
    }

    [Fact]
    public void Check_sum_of_a_gzip_is_said_to_be_wrong()
    {
        var whole = Compressed("gz", s_tar);
        var files = Read("x.tgz", Changed(whole, whole.Length - 6));
        Assert.Equal([null, null, null, DicomProblem.BadArchive], ProblemsOf(files));
        Assert.Contains("check sum", files[^1].Problem, StringComparison.Ordinal);
        Assert.EndsWith("x.tgz", files[^1].Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Zeros_that_fill_up_a_tape_or_a_stream_are_no_damage()
    {
        AssertHolds("x.tgz", [.. Compressed("gz", s_tar), .. new byte[20_000]], 1, 2, 3);
        AssertHolds("x.txz", [.. Compressed("xz", s_tar), .. new byte[8], .. Compressed("xz", []), .. new byte[4]], 1, 2, 3);
        Assert.Equal(DicomProblem.BadArchive, Read("x.txz", [.. Compressed("xz", s_tar), .. new byte[3]])[^1].ProblemDetail?.Id);
    }

    [Theory]
    [InlineData(0x50)]
    [InlineData(0x5F)]
    public void Zstandard_may_begin_with_a_frame_to_be_skipped(byte magic)
    {
        byte[] skipped = [magic, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4];
        byte[] archive = [.. skipped, .. Compressed("zst", s_tar[..900]), .. skipped, .. Compressed("zst", s_tar[900..])];
        AssertHolds("x.zst", archive, 1, 2, 3);
        // Among others, too.
        AssertHolds("folder/x", archive, 1, 2, 3);
        Assert.Equal(3, Read(Path.Combine(Folder, "folder")).Count);
    }

    [Fact]
    public void Seven_zip_is_checked_too()
    {
        var archive = SevenZipBytes.Of([0], ("1.dcm", Instance(1)), ("2.dcm", Instance(2)));
        AssertHolds("x.7z", archive, 1, 2);
        var files = Read("x.7z", Changed(archive, 32 + Instance(1).Length + 800));
        Assert.Equal([null, DicomProblem.BadArchive], ProblemsOf(files));
        Assert.Contains("'2.dcm' is damaged: its check sum is wrong", files[1].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Method_of_a_seven_zip_that_is_not_supported_is_named()
    {
        var problem = Read("x.7z", SevenZipBytes.Of([4, 1, 9], ("1.dcm", Instance(1)))).Single().ProblemDetail!;
        Assert.Equal(DicomProblem.UnsupportedArchive, problem.Id);
        Assert.Contains("Deflate64", problem.Message, StringComparison.Ordinal);
        Assert.Contains("'1.dcm'", problem.Message, StringComparison.Ordinal);
    }
}
