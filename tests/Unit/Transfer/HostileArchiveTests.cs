using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>Archives that mean harm, or that are merely enormous.</summary>
public sealed class HostileArchiveTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fwdicom-test");

    public void Dispose() => _folder.Delete(true);

    private static byte[] Instance(int number) => new SyntheticInstance { Number = number }.ToArray();

    private List<DicomFile> Read(byte[] archive, SpoolSpace? space = null)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.FullName, "deep", "down")).FullName, "archive");
        File.WriteAllBytes(path, archive);
        return [.. new LocalSource(_ => { }, space ?? new SpoolSpace(), default).Read(path, SearchOption.TopDirectoryOnly)];
    }

    private static byte[] Zip(IEnumerable<(string Name, byte[] Bytes)> entries, CompressionLevel level = CompressionLevel.Fastest, Encoding? names = null)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true, names))
        {
            foreach (var (name, bytes) in entries)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }
        return stream.ToArray();
    }

    private static byte[] Tar(params TarEntry[] entries)
    {
        var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var entry in entries)
                tar.WriteEntry(entry);
        }
        return stream.ToArray();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return stream.ToArray();
    }

    private static PaxTarEntry File1(string name) => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Instance(1)) };

    private void AssertNothingWasWritten()
        => Assert.Equal(["archive"], _folder.GetFiles("*", SearchOption.AllDirectories).Select(f => f.Name));

    [Theory]
    [InlineData("../../slip.dcm")]
    [InlineData("/tmp/fwdicom-absolute.dcm")]
    [InlineData(@"..\..\slip.dcm")]
    [InlineData(@"C:\slip.dcm")]
    public void Names_that_climb_out_are_names_and_nothing_more(string name)
    {
        foreach (var archive in new[] { Zip([(name, Instance(1))]), Tar(File1(name)), Gzip(Tar(File1(name))) })
        {
            var file = Read(archive).Single();
            Assert.Equal((name, null), (file.Name, file.Problem));
            Assert.Equal(Instance(1), file.OpenRead().ReadAll());
            AssertNothingWasWritten();
        }
        Assert.False(File.Exists("/tmp/fwdicom-absolute.dcm"));
    }

    [Fact]
    public void Links_devices_and_pipes_are_not_followed()
    {
        TarEntry Special(TarEntryType type, string name, string? target = null)
        {
            var entry = new PaxTarEntry(type, name);
            if (target is not null)
                entry.LinkName = target;
            return entry;
        }
        var secret = Path.Combine(_folder.FullName, "secret.dcm");
        File.WriteAllBytes(secret, Instance(9));
        var tar = Tar(
            Special(TarEntryType.SymbolicLink, "link.dcm", secret), Special(TarEntryType.HardLink, "hard.dcm", secret), Special(TarEntryType.SymbolicLink, "up", "../../.."),
            Special(TarEntryType.CharacterDevice, "zero.dcm"), Special(TarEntryType.BlockDevice, "disk.dcm"), Special(TarEntryType.Fifo, "pipe.dcm"), File1("real.dcm"));
        foreach (var archive in new[] { tar, Gzip(tar) })
            Assert.Equal(["real.dcm"], Read(archive).Select(f => f.Name));
    }

    [Fact]
    public void Same_name_twice_is_two_instances()
    {
        foreach (var archive in new[] { Zip([("a.dcm", Instance(1)), ("a.dcm", Instance(2))]), Tar(File1("a.dcm"), new PaxTarEntry(TarEntryType.RegularFile, "a.dcm") { DataStream = new MemoryStream(Instance(2)) }) })
        {
            var files = Read(archive);
            Assert.Equal([Instance(1), Instance(2)], files.Select(f => f.OpenRead().ReadAll()));
        }
    }

    [Fact]
    public void Names_of_any_code_page_are_read()
    {
        var files = Read(Zip([("Jürgen/été.dcm", Instance(1)), ("画像.dcm", Instance(2))], names: Encoding.Latin1));
        Assert.Equal([Instance(1), Instance(2)], files.Select(f => f.OpenRead().ReadAll()));
        var tar = Tar(File1("plain.dcm"));
        // A name that is no UTF-8.
        var at = tar.AsSpan().LastIndexOf("plain.dcm"u8);
        tar[at] = 0xFF;
        foreach (var isSigned in new[] { false, true })
        {
            TarChecksums.Repair(tar, isSigned);
            Assert.Equal(Instance(1), Read(tar).Single(f => f.Problem is null || f.ProblemDetail!.Id != DicomProblem.BadArchive).OpenRead().ReadAll());
        }
    }

    [Theory]
    [InlineData(200, 1L << 40, "200 times")]
    [InlineData(1_000_000, 1L << 30, "1073741824 bytes")]
    public void Bombs_are_refused_by_ratio_and_by_size(int ratio, long size, string told)
    {
        var zeros = new byte[64 << 20];
        var space = new SpoolSpace { MaxRatio = ratio, MaxExpandedSize = size };
        var zip = Zip(Enumerable.Range(0, 20).Select(i => ($"{i}.dcm", zeros)), CompressionLevel.Optimal);
        var refused = Read(zip, space).Single();
        Assert.Equal(DicomProblem.BadArchive, refused.ProblemDetail!.Id);
        Assert.Contains(told, refused.Problem, StringComparison.Ordinal);
        // The same one level down, behind an innocent neighbour.
        var nested = Read(Zip([("inner.zip", zip), ("1.dcm", Instance(1))], CompressionLevel.NoCompression), space);
        Assert.Equal([DicomProblem.BadArchive, null], nested.Select(f => f.ProblemDetail?.Id));
        Assert.Equal(0, space.OnDisk);
    }

    [Fact]
    public void Bomb_that_lies_about_its_size_gives_what_it_stated()
    {
        var zip = Zip([("1.dcm", [.. Instance(1), .. new byte[8 << 20]])], CompressionLevel.Optimal);
        // Both headers state the size of the instance alone.
        var (whole, stated) = (BitConverter.GetBytes(Instance(1).Length + (8 << 20)), BitConverter.GetBytes(Instance(1).Length));
        for (var at = zip.AsSpan().IndexOf(whole); at >= 0; at = zip.AsSpan().IndexOf(whole))
            stated.CopyTo(zip, at);
        var file = Read(zip).Single();
        if (file.Problem is null)
            Assert.Throws<InvalidDataException>(() => file.OpenRead().ReadAll());
    }

    [Fact]
    public void Extended_header_of_gigabytes_is_not_believed()
    {
        var tar = Tar(File1("1.dcm"), new PaxTarEntry(TarEntryType.RegularFile, new string('n', 200)) { DataStream = new MemoryStream(Instance(2)) });
        "17777777777"u8.CopyTo(tar.AsSpan(tar.AsSpan().LastIndexOf("PaxHeaders"u8) - 2 + 124));
        AssertRefusedCheaply(tar);
        TarChecksums.Repair(tar);
        AssertRefusedCheaply(tar);
    }

    private void AssertRefusedCheaply(byte[] tar)
    {
        foreach (var archive in new[] { tar, Gzip(tar) })
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal([null, DicomProblem.BadArchive], Read(archive).Select(f => f.ProblemDetail?.Id));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
        }
    }

    /// <summary>What is read in pieces of a header's size is no header.</summary>
    [Fact]
    public void Checksum_of_a_header_is_checked_and_of_nothing_else()
    {
        var block = new byte[512];
        block.AsSpan().Fill((byte)'x');
        PaxTarEntry Note(string name) => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(block) };
        var tar = Tar(Note("note"), Note("strange"), File1("1.dcm"));
        tar[tar.AsSpan().LastIndexOf("strange"u8) + 156] = (byte)'Z';
        TarChecksums.Repair(tar);
        foreach (var archive in new[] { tar, Gzip(tar) })
            Assert.Equal(Instance(1), Read(archive).Single(f => f.Problem is null).OpenRead().ReadAll());
        var header = tar.AsSpan().LastIndexOf("PaxHeaders"u8);
        tar[header] ^= 1;
        foreach (var archive in new[] { tar, Gzip(tar) })
            Assert.Contains("check sum", Read(archive).Single(f => f.ProblemDetail?.Id == DicomProblem.BadArchive).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x6DA00000u)]
    [InlineData(uint.MaxValue)]
    public void Dictionary_of_gigabytes_is_not_made(uint size)
    {
        var content = Instance(1);
        BitConverter.GetBytes(size).CopyTo(content, 5);
        var zip = Zip([("1.dcm", content), ("2.dcm", Instance(2))], CompressionLevel.NoCompression);
        // The first entry says that it is in LZMA, in both headers.
        zip[8] = 14;
        zip[zip.AsSpan().IndexOf("PK\u0001\u0002"u8) + 10] = 14;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var files = Read(zip);
        Assert.Equal(Instance(2), files.Single(f => f.Problem is null).OpenRead().ReadAll());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    [Fact]
    public void Quine_of_nested_archives_ends_at_its_second_level()
    {
        var archive = Zip([("1.dcm", Instance(1))]);
        for (var depth = 0; depth < 20; depth++)
            archive = Zip([($"{depth}.zip", archive)]);
        Assert.Equal([DicomProblem.BadArchive], Read(archive).Select(f => f.ProblemDetail?.Id));
    }

    [Fact]
    public void Seventy_thousand_entries_are_read_each_once()
    {
        const int count = 70_000;
        var stub = Encoding.ASCII.GetBytes("notes, no image");
        // More than 65,535 entries: the directory is a zip64 one.
        var zip = Zip(Enumerable.Range(0, count).Select(i => ($"{i}", i % 1000 == 0 ? Instance(i + 1) : stub)), CompressionLevel.NoCompression);
        var files = Read(zip);
        Assert.Equal(count / 1000, files.Count);
        Assert.Equal(count / 1000, files.Select(f => f.SopInstanceUid).Distinct().Count());
        Assert.Equal(Instance(69_001), files[^1].OpenRead().ReadAll());
    }

    [Fact]
    public void Tar_of_ten_thousand_entries_is_read_each_once()
    {
        var stub = "notes"u8.ToArray();
        TarEntry Entry(int number) => new PaxTarEntry(TarEntryType.RegularFile, $"{new string('d', number % 3 * 60)}{number}")
        {
            DataStream = new MemoryStream(number % 512 == 0 ? Instance(number) : stub),
        };
        var tar = Tar([.. Enumerable.Range(1, 10_000).Select(Entry)]);
        foreach (var archive in new[] { tar, Gzip(tar) })
        {
            var files = Read(archive);
            Assert.Equal(Enumerable.Range(1, 19).Select(i => Instance(512 * i)), files.Select(f => f.OpenRead().ReadAll()));
        }
    }

    [Fact]
    public void Sizes_of_zip64_are_read()
    {
        // An entry written without knowing its size gets a zip64 extra field when it says so; made by hand here.
        var content = Instance(1);
        var crc = Crc(content);
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        var name = "1.dcm"u8.ToArray();
        void Header(uint signature, bool isCentral)
        {
            writer.Write(signature);
            if (isCentral)
                writer.Write((ushort)45);
            writer.Write([45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            writer.Write(crc);
            writer.Write(uint.MaxValue);
            writer.Write(uint.MaxValue);
            writer.Write((ushort)name.Length);
            writer.Write((ushort)20);
            if (isCentral)
            {
                writer.Write(new byte[10]);
                writer.Write(0u);
            }
            writer.Write(name);
            writer.Write([1, 0, 16, 0]);
            writer.Write((long)content.Length);
            writer.Write((long)content.Length);
        }
        Header(0x04034B50, isCentral: false);
        writer.Write(content);
        var directory = (uint)stream.Length;
        Header(0x02014B50, isCentral: true);
        var size = (uint)stream.Length - directory;
        writer.Write(0x06054B50u);
        writer.Write([0, 0, 0, 0, 1, 0, 1, 0]);
        writer.Write(size);
        writer.Write(directory);
        writer.Write((ushort)0);
        Assert.Equal(content, Read(stream.ToArray()).Single().OpenRead().ReadAll());
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
