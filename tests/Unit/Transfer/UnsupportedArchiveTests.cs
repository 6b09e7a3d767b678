using System.Text;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>Archives that are not read are called by their name, given alone, in a folder and in an archive.</summary>
public sealed class UnsupportedArchiveTests : ArchiveFolder
{
    private static byte[] Padded(params byte[] head) => [.. head, .. Enumerable.Repeat((byte)0xA5, 600)];

    public static TheoryData<string, byte[], string> Formats => new()
    {
        { "x.rar", Padded([.. "Rar!\u001A\u0007\0"u8]), "RAR" },
        { "x5.rar", Padded([.. "Rar!\u001A\u0007\u0001\0"u8]), "RAR" },
        { "x.lz4", Padded(0x04, 0x22, 0x4D, 0x18), "LZ4" },
        { "x.lz", Padded([.. "LZIP\u0001"u8]), "lzip" },
        { "x.cab", Padded([.. "MSCF\0\0\0\0"u8]), "CAB" },
        { "x.Z", Padded(0x1F, 0x9D, 0x90), "compress" },
        { "x.lzma", Padded(0x5D, 0, 0, 0x80, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0), "LZMA" },
        { "x.iso", [.. new byte[0x8000], 1, .. "CD001\u0001\0"u8, .. new byte[2041]], "ISO 9660" },
        { "x.cpio", Padded([.. "070701"u8]), "cpio" },
        { "x.z01", Padded(1, 2, 3), "split" },
        { "x.7z.001", Padded([(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C, 0, 4]), "split" },
        { "x.7z.002", Padded(1, 2, 3), "split" },
        { "x.zip.001", Padded([.. "PK\u0003\u0004"u8]), "split" },
        { "x.part2.rar", Padded([.. "Rar!\u001A\u0007\0"u8]), "RAR" },
        { "x.r00", Padded(1, 2, 3), "split" },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Each_is_a_row_with_its_name_wherever_it_lies(string name, byte[] bytes, string called)
    {
        var path = Write("folder/" + name, bytes);
        Write("folder/a.dcm", Instance(1));
        var inArchive = Write("outer.zip", new ZipBytes().Add("a.dcm", Instance(1)).Add(name, bytes).ToArray());
        foreach (var files in new[] { Read(path), Read(Path.Combine(Folder, "folder")), Read(inArchive) })
        {
            var problem = files.Single(f => f.Problem is not null);
            Assert.EndsWith(name, problem.Name, StringComparison.Ordinal);
            if (name != "x.iso" || problem.Origin.FileName != "outer.zip")
            {
                Assert.Equal(DicomProblem.UnsupportedArchive, problem.ProblemDetail!.Id);
                Assert.Contains(called, problem.Problem, StringComparison.Ordinal);
                Assert.Contains("not supported", problem.Problem, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Last_part_of_a_split_zip_says_so()
    {
        var problem = Read("x.zip", new ZipBytes().Add("1", Instance(1)).ToArray(disk: 2)[100..]).Single().ProblemDetail!;
        Assert.Equal(DicomProblem.UnsupportedArchive, problem.Id);
        Assert.Contains("split", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_named_as_an_archive_and_is_none_is_not_left_out_in_silence()
    {
        Write("folder/1.dcm", Instance(1));
        Write("folder/page.zip", Encoding.ASCII.GetBytes("<html>404</html>"));
        Write("folder/x.tar.gz", Gzip(Encoding.ASCII.GetBytes(new string('x', 600))));
        Write("folder/brain.nii.gz", Gzip(Encoding.ASCII.GetBytes(new string('x', 600))));
        Assert.Equal([null, DicomProblem.BadArchive, DicomProblem.BadArchive], ProblemsOf(Read(Path.Combine(Folder, "folder"))));
    }

    [Fact]
    public void Droppings_of_an_operating_system_are_left_out_and_images_are_not()
    {
        byte[] appleDouble = [0, 5, 0x16, 7, 0, 2, 0, 0, .. new byte[200]];
        (string, byte[])[] entries =
        [
            ("1.dcm", Instance(1)), ("._1.dcm", appleDouble), ("__MACOSX/._1.dcm", appleDouble), ("__MACOSX/x.dcm", [1, 2, 3]), (".DS_Store", [0, 0, 0, 1]),
            ("Thumbs.db", [1]), ("desktop.ini", [1]), ("._2.dcm", Instance(2)), ("__MACOSX/3", Instance(3)), ("._4.dcm", []),
        ];
        var (zip, tar) = (new ZipBytes(), new TestSupport.TarBytes());
        foreach (var (name, content) in entries)
        {
            zip.Add(name, content);
            tar.Add(name, content);
            Write("folder/" + name, content);
        }
        AssertHolds("x.zip", zip.ToArray(), 1, 2, 3);
        AssertHolds("x.tar", tar.End().ToArray(), 1, 2, 3);
        Assert.Equal(14, LeftOut.Count(l => l.Contains("operating system", StringComparison.Ordinal)));
        Assert.Equal([null, null, null], ProblemsOf(Read(Path.Combine(Folder, "folder"))));
        Assert.Empty(Warned);
    }
}
