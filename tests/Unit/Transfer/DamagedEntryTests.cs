using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>What is damaged so that it no longer looks like what it was, is told, and not left out as something else.</summary>
public sealed class DamagedEntryTests : ArchiveFolder
{
    private const int Mark = 128;

    [Theory]
    [InlineData("S1/IM0001")]
    [InlineData("1.2.840.113619.2.5")]
    public void Entry_whose_mark_is_damaged_is_told_by_its_check_sum(string name)
    {
        var zip = new ZipBytes().Add(name, Instance(1), packed: Changed(Instance(1), Mark)).Add("IM0002", Instance(2)).ToArray();

        var files = Read("x.zip", zip);

        Assert.Equal([DicomProblem.BadArchive, null], ProblemsOf(files));
        Assert.Equal(name, files[0].Name);
    }

    [Fact]
    public void Entry_that_is_sound_and_no_image_is_left_out()
    {
        byte[] other = [.. "Read me first."u8, .. new byte[4000]];

        AssertHolds("x.zip", new ZipBytes().Add("README", other).Add("IM0002", Instance(2)).ToArray(), 2);
    }

    [Fact]
    public void Gzip_whose_second_member_begins_with_a_damaged_mark_is_damaged()
    {
        var first = Gzip(new TarBytes().Add("1.dcm", Instance(1)).End().ToArray());
        byte[] both = [.. first, .. Gzip(new TarBytes().Add("2.dcm", Instance(2)).End().ToArray())];

        Assert.Equal([null, DicomProblem.BadArchive], ProblemsOf(Read("x.tar.gz", Changed(both, first.Length))));
        Assert.Equal([null, DicomProblem.BadArchive], ProblemsOf(Read("x.tar.gz", [.. first, .. "rest"u8])));
        Assert.Equal([null, DicomProblem.BadArchive], ProblemsOf(Read("x.tar.gz", [.. first, 0, 0, 7, 0])));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(100_000)]
    public void Zeros_behind_gzip_are_padding(int zeros)
    {
        var packed = Gzip(new TarBytes().Add("1.dcm", Instance(1)).End().ToArray());

        AssertHolds("x.tar.gz", [.. packed, .. new byte[zeros]], 1);
        AssertHolds("y.tar.gz", packed, 1);
        for (var cut = 1; cut < 12; cut++)
            Assert.Equal(DicomProblem.BadArchive, Read("z.tar.gz", packed[..^cut]).Last().ProblemDetail?.Id);
    }

    [Fact]
    public void Program_that_unpacks_itself_is_told_as_such()
    {
        byte[] program = [.. "MZ"u8, .. new byte[6000], (byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C, 0, 4, .. new byte[500]];
        Write("folder/a.exe", program);
        Write("folder/b.exe", [.. "MZ"u8, .. new byte[6000]]);
        Write("folder/c.dcm", Instance(1));

        var files = Read(Path.Combine(Folder, "folder"));

        Assert.Equal([DicomProblem.UnsupportedArchive, null], ProblemsOf(files));
        Assert.Equal("It is a self-extracting 7z archive, which is not supported. Unpack it first.", files[0].Problem);
    }

    [Fact]
    public void Packed_lzma2_chunk_that_does_not_begin_with_zero_is_damaged()
    {
        byte[] sound = [0xE0, 0, 0, 0, 5, 0x5D, 0, 1, 2, 3, 4, 5, 0];

        Assert.Equal(sound, new Lzma2Chunks(new PackedInput(new MemoryStream(sound))).ReadAll());
        Assert.Throws<InvalidDataException>(() => new Lzma2Chunks(new PackedInput(new MemoryStream(Changed(sound, 6)))).ReadAll());
    }
}
