using System.Text;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>What programs write as a tar, sound and unsound.</summary>
public sealed class TarShapeTests : ArchiveFolder
{
    private const int Hole = 4096;

    /// <summary>An instance whose pixels are zeros for the most part, as one that a scanner pads; and where its bytes are.</summary>
    private static (byte[] Whole, byte[] Stored, (long Offset, long Length)[] Map) Sparse(int number)
    {
        var whole = new SyntheticInstance { Number = number, Rows = 200, Columns = 200 }.ToArray();
        whole.AsSpan(2048, Hole).Clear();
        whole.AsSpan(10_000, Hole).Clear();
        (long, long)[] map = [(0, 2048), (2048 + Hole, 10_000 - 2048 - Hole), (10_000 + Hole, whole.Length - 10_000 - Hole), (whole.Length, 0)];
        return (whole, [.. whole[..2048], .. whole[(2048 + Hole)..10_000], .. whole[(10_000 + Hole)..]], map);
    }

    private static byte[] SparseTar(string shape, (long Offset, long Length)[]? lie = null)
    {
        var tar = new TarBytes().Add("1.dcm", Instance(1));
        var (whole, stored, honest) = Sparse(2);
        var map = lie ?? honest;
        var numbers = map.SelectMany(m => new[] { m.Offset, m.Length }).ToArray();
        switch (shape)
        {
            case "gnu":
                // Four in the header; the fifth, empty too, in a block behind it.
                tar.Add("2.dcm", stored, 'S', h => OldMap(h, map, whole.Length, isContinued: false));
                break;
            case "gnu, continued":
                tar.Add("2.dcm", [], 'S', h => OldMap(h, map[..3], whole.Length, isContinued: true), stored.Length);
                var block = new byte[512];
                TarBytes.Put(block, 0, TarBytes.Octal(map[3].Offset) + TarBytes.Octal(map[3].Length));
                tar.Raw(block).Raw(stored).Raw(new byte[(512 - stored.Length % 512) % 512]);
                break;
            case "0.0":
                List<(string, string)> records = [("GNU.sparse.size", $"{whole.Length}"), ("GNU.sparse.numblocks", $"{map.Length}")];
                foreach (var (offset, length) in map)
                    records.AddRange([("GNU.sparse.offset", $"{offset}"), ("GNU.sparse.numbytes", $"{length}")]);
                tar.Pax([.. records]).Add("2.dcm", stored);
                break;
            case "0.1":
                tar.Pax(("GNU.sparse.name", "2.dcm"), ("GNU.sparse.size", $"{whole.Length}"), ("GNU.sparse.numblocks", "4"), ("GNU.sparse.map", string.Join(',', numbers)))
                    .Add("GNUSparseFile.1/2.dcm", stored);
                break;
            default:
                var lines = Encoding.ASCII.GetBytes($"{map.Length}\n" + string.Concat(numbers.Select(n => $"{n}\n")));
                tar.Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "2.dcm"), ("GNU.sparse.realsize", $"{whole.Length}"))
                    .Add("GNUSparseFile.1/2.dcm", [.. lines, .. new byte[512 - lines.Length], .. stored]);
                break;
        }
        return tar.Add("3.dcm", Instance(3)).End().ToArray();
    }

    private static void OldMap(byte[] header, (long Offset, long Length)[] map, long length, bool isContinued)
    {
        TarBytes.Put(header, 257, "ustar  \0");
        TarBytes.Put(header, 386, string.Concat(map.Select(m => TarBytes.Octal(m.Offset) + TarBytes.Octal(m.Length))));
        header[482] = isContinued ? (byte)1 : (byte)0;
        TarBytes.Put(header, 483, TarBytes.Octal(length));
    }

    [Theory]
    [InlineData("gnu")]
    [InlineData("gnu, continued")]
    [InlineData("0.0")]
    [InlineData("0.1")]
    [InlineData("1.0")]
    public void Sparse_files_of_every_shape_come_out_whole(string shape)
    {
        var tar = SparseTar(shape);
        foreach (var archive in new[] { tar, Gzip(tar) })
        {
            var files = Read("x.tar", archive);
            Assert.Equal(["1.dcm", "2.dcm", "3.dcm"], files.Select(f => f.Name));
            Assert.Equal([Instance(1), Sparse(2).Whole, Instance(3)], files.Select(f => f.OpenRead().ReadAll()));
            using var stream = files[1].OpenRead();
            Assert.Equal(Sparse(2).Whole.Length, stream.Length);
            stream.Position = 9_000;
            var part = new byte[6_000];
            stream.ReadExactly(part);
            Assert.Equal(Sparse(2).Whole[9_000..15_000], part);
        }
        Assert.Empty(Warned);
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(100_000, 2048)]
    public void Sparse_map_that_lies_is_refused(long offset, long length)
    {
        var honest = Sparse(2).Map;
        foreach (var shape in new[] { "gnu", "0.0", "0.1", "1.0" })
        {
            var files = Read("x.tar", SparseTar(shape, [(offset, length), .. honest[1..]]));
            Assert.Equal([null, DicomProblem.BadArchive], ProblemsOf(files));
            Assert.Contains("map of a sparse file", files[1].Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Tar_without_an_end_is_warned_of()
    {
        var cut = new TarBytes().Add("1", Instance(1)).Add("2", Instance(2)).ToArray();
        foreach (var archive in new[] { cut, Gzip(cut) })
        {
            Warned.Clear();
            AssertHolds("cut.tar", archive, 1, 2);
            Assert.Contains("no end", Assert.Single(Warned), StringComparison.Ordinal);
            Assert.Contains("cut.tar", Warned[0], StringComparison.Ordinal);
        }
        Warned.Clear();
        AssertHolds("whole.tar", new TarBytes().Add("1", Instance(1)).End().ToArray(), 1);
        Assert.Empty(Warned);
    }

    [Fact]
    public void Second_tar_behind_the_first_is_read_too()
    {
        byte[] One(int number) => new TarBytes().Add($"{number}", Instance(number)).End().Raw(new byte[8192]).ToArray();
        byte[] two = [.. One(1), .. One(2)];
        foreach (var archive in new[] { two, Gzip(two), [.. Gzip(One(1)), .. Gzip(One(2))] })
            AssertHolds("two.tar", archive, 1, 2);
        Assert.Empty(Warned);
        AssertHolds("followed.tar", [.. One(1), .. Encoding.ASCII.GetBytes(new string('x', 700))], 1);
        Assert.Contains("follows the end", Assert.Single(Warned), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(137, "77777777777\0")]
    [InlineData(136, "\u0080\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF")]
    [InlineData(136, "\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF")]
    [InlineData(136, "no time at a")]
    public void Time_out_of_range_costs_nothing(int at, string time)
    {
        var tar = new TarBytes().Add("1", Instance(1), change: h => TarBytes.Put(h, at, time)).Pax(("mtime", "99999999999999999999999")).Add("2", Instance(2)).End().ToArray();
        AssertHolds("x.tar", tar, 1, 2);
        AssertHolds("x.tgz", Gzip(tar), 1, 2);
    }

    [Fact]
    public void Tar_that_is_cut_off_in_a_file_says_in_which()
    {
        var whole = new TarBytes().Add("1", Instance(1)).Add("second", Instance(2)).End().ToArray();
        foreach (var archive in new[] { whole[..^1600], Gzip(whole[..^1600]) })
        {
            var files = Read("x.tar", archive);
            Assert.Equal([null, DicomProblem.BadArchive], ProblemsOf(files));
            Assert.Contains("cut off inside 'second'", files[1].Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Long_names_links_and_sizes_are_read_in_every_dialect()
    {
        var name = new string('d', 150) + "/1";
        var size = Instance(1).Length;
        var tar = new TarBytes()
            .Add("././@LongLink", Encoding.ASCII.GetBytes(name + "\0"), 'L').Add("short", Instance(1))
            .Pax(("path", name + "2"), ("size", $"{Instance(2).Length}")).Add("short", Instance(2), size: 0)
            .Add("3", Instance(3), change: h => TarBytes.Put(h, 345, "prefix"))
            .Add("4", Instance(4), '\0', h => h.AsSpan(257, 8).Clear())
            .Add("5", Instance(5), change: h => TarBytes.Put(h, 124, "\u0080\0\0\0\0\0\0\0\0\0" + (char)(size >> 8) + (char)(size & 0xFF)))
            .Add("folder/", [], '\0')
            .End().ToArray();
        foreach (var archive in new[] { tar, Gzip(tar) })
        {
            var files = Read("x.tar", archive);
            Assert.Equal([name, name + "2", "prefix/3", "4", "5"], files.Select(f => f.Name));
            Assert.Equal(Enumerable.Range(1, 5).Select(Instance), files.Select(f => f.OpenRead().ReadAll()));
        }
    }

    [Fact]
    public void Links_in_a_tar_are_told()
    {
        void Link(byte[] header, string target) => TarBytes.Put(header, 157, target);
        var tar = new TarBytes().Add("1.dcm", Instance(1)).Add("same.dcm", [], '1', h => Link(h, "1.dcm"))
            .Add("elsewhere.dcm", [], '2', h => Link(h, "../annex/x")).Add("notes", [], '2', h => Link(h, "y")).End().ToArray();
        AssertHolds("x.tar", tar, 1);
        Assert.Equal(3, LeftOut.Count(l => l.Contains("is a link to", StringComparison.Ordinal)));
        Assert.Contains("1 symbolic links instead of files, such as 'elsewhere.dcm'", Assert.Single(Warned), StringComparison.Ordinal);
    }

    [Fact]
    public void Volume_of_a_tar_in_volumes_is_named_as_that()
    {
        var problem = Read("x.tar", new TarBytes().Add("1.dcm", Instance(1), 'M').End().ToArray()).Single().ProblemDetail!;
        Assert.Equal(DicomProblem.UnsupportedArchive, problem.Id);
        Assert.Contains("several volumes", problem.Message, StringComparison.Ordinal);
    }
}
