using System.Formats.Tar;
using System.IO.Compression;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Unit.Transfer;

public sealed class ArchiveTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fwdicom-test");
    private readonly List<string> _leftOut = [];

    public void Dispose()
    {
        GC.Collect();
        _folder.Delete(true);
    }

    private static byte[] Instance(int number) => new SyntheticInstance { Number = number }.ToArray();

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private readonly SpoolSpace _space = new();

    private List<DicomFile> Read(string path, SearchOption depth = SearchOption.TopDirectoryOnly) => [.. new LocalSource(_leftOut.Add, _space, default).Read(path, depth)];

    private static byte[] Zip(CompressionLevel level, params (string Name, byte[] Bytes)[] entries)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }
        return stream.ToArray();
    }

    private static byte[] Tar(TarEntryFormat format, params (string Name, byte[] Bytes)[] entries)
    {
        var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, format, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                TarEntry entry = format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
                    TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, name),
                    _ => new GnuTarEntry(TarEntryType.RegularFile, name),
                };
                entry.DataStream = new MemoryStream(bytes);
                tar.WriteEntry(entry);
            }
        }
        return stream.ToArray();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return stream.ToArray();
    }

    private static void AssertHolds(IReadOnlyList<DicomFile> files, params int[] numbers)
    {
        Assert.All(files, f => Assert.Null(f.Problem));
        Assert.Equal(numbers, files.Select(f => int.Parse(f.SopInstanceUid!.Split('.')[^1], null)));
        // Opened in any order, and more than one at a time.
        var streams = files.Select(f => f.OpenRead()).Reverse().ToList();
        Assert.All(files.Reverse().Zip(streams), pair => Assert.Equal(Instance(int.Parse(pair.First.SopInstanceUid!.Split('.')[^1], null)), pair.Second.ReadAll()));
    }

    [Theory]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.NoCompression)]
    public void Zip_is_opened_in_place_by_content_and_not_by_name(CompressionLevel level)
    {
        var path = Write("series.dat", Zip(level, ("a/1.dcm", Instance(1)), ("readme.txt", "hello"u8.ToArray()), ("a/", []), ("../../2", Instance(2)), ("/abs/3", Instance(3)), ("a/1.dcm", Instance(4))));
        AssertHolds(Read(path), 1, 2, 3, 4);
        Assert.Single(_leftOut);
        Assert.All(Read(path), f => Assert.Equal(("series.dat", path), (f.Origin.FileName, f.Origin.LocalPath)));
    }

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public void Tar_is_opened_in_place_and_compressed_tar_is_spooled(TarEntryFormat format)
    {
        var name = format == TarEntryFormat.V7 ? "1" : new string('d', 150) + "/1";
        var tar = Tar(format, (format == TarEntryFormat.Ustar ? "x/1" : name, Instance(1)), ("notes", "hello"u8.ToArray()), ("2", Instance(2)));
        AssertHolds(Read(Write("plain", tar)), 1, 2);
        AssertHolds(Read(Write("compressed", Gzip(tar))), 1, 2);
    }

    [Fact]
    public void Compressed_single_file_is_read() => AssertHolds(Read(Write("1.dcm.gz", Gzip(Instance(1)))), 1);

    [Fact]
    public void Archive_in_an_archive_is_opened_one_level_down_and_no_deeper()
    {
        var inner = Zip(CompressionLevel.Fastest, ("1", Instance(1)));
        var path = Write("outer.zip", Zip(CompressionLevel.Fastest, ("inner.zip", inner), ("inner.tgz", Gzip(Tar(TarEntryFormat.Pax, ("2", Instance(2))))), ("3", Instance(3))));
        var files = Read(path);
        AssertHolds(files, 1, 2, 3);
        Assert.Equal("inner.zip/1", files[0].Name);
        var deeper = Read(Write("deeper.zip", Zip(CompressionLevel.Fastest, ("outer.zip", File.ReadAllBytes(path)))));
        Assert.Equal([DicomProblem.BadArchive, DicomProblem.BadArchive, null], deeper.Select(f => f.ProblemDetail?.Id));
    }

    [Fact]
    public void Folder_is_read_in_order_and_subfolders_when_asked()
    {
        Write("b.dcm", Instance(2));
        Write("a", Instance(1));
        Write("notes.txt", "hello"u8.ToArray());
        Write("sub/c", Instance(3));
        Write("z.zip", Zip(CompressionLevel.Fastest, ("4", Instance(4))));
        Assert.Equal([1, 2, 4], Read(_folder.FullName).Select(f => int.Parse(f.SopInstanceUid!.Split('.')[^1], null)));
        Assert.Equal([1, 2, 4, 3], Read(_folder.FullName, SearchOption.AllDirectories).Select(f => int.Parse(f.SopInstanceUid!.Split('.')[^1], null)));
    }

    [Fact]
    public void Places_without_DICOM_leave_one_file_with_a_problem()
    {
        Assert.Equal([DicomProblem.NotDicom], Read(_folder.FullName).Select(f => f.ProblemDetail?.Id));
        Assert.Equal([DicomProblem.NotFound], Read(Path.Combine(_folder.FullName, "nope")).Select(f => f.ProblemDetail?.Id));
        Assert.Equal([DicomProblem.NotDicom], Read(Write("x.txt", "hello"u8.ToArray())).Select(f => f.ProblemDetail?.Id));
        Assert.Equal([DicomProblem.NotDicom], Read(Write("empty", [])).Select(f => f.ProblemDetail?.Id));
        Assert.Equal([DicomProblem.NotDicom], Read(Write("empty.zip", Zip(CompressionLevel.Fastest))).Select(f => f.ProblemDetail?.Id));
        Assert.Equal([DicomProblem.NotDicom], Read(Write("text.zip", Zip(CompressionLevel.Fastest, ("a", "hello"u8.ToArray())))).Select(f => f.ProblemDetail?.Id));
    }

    [Fact]
    public void What_calls_itself_DICOM_and_is_not_is_never_dropped_silently()
    {
        Write("ok.dcm", Instance(1));
        Write("damaged.dcm", new byte[100]);
        Assert.Equal([DicomProblem.NotDicom, null], Read(_folder.FullName).Select(f => f.ProblemDetail?.Id));
    }

    [Fact]
    public void Truncated_archives_give_what_is_whole_and_one_problem()
    {
        var entries = Enumerable.Range(1, 20).Select(i => ($"{i}", Instance(i))).ToArray();
        var zip = Zip(CompressionLevel.Fastest, entries);
        Assert.Equal([DicomProblem.BadArchive], Read(Write("cut.zip", zip[..(zip.Length / 2)])).Select(f => f.ProblemDetail?.Id));
        foreach (var tar in new[] { Tar(TarEntryFormat.Pax, entries), Gzip(Tar(TarEntryFormat.Pax, entries)) })
        {
            var files = Read(Write("cut.tar", tar[..(tar.Length / 2)]));
            Assert.InRange(files.Count, 5, 15);
            Assert.Equal(DicomProblem.BadArchive, files[^1].ProblemDetail?.Id);
            Assert.All(files.SkipLast(1), f => Assert.Null(f.Problem));
        }
    }

    [Theory]
    [InlineData(900)]
    [InlineData(60_000)]
    public void Damaged_entry_is_found_by_its_check_sum_before_its_end(int at)
    {
        var large = new SyntheticInstance { Rows = 200, Columns = 200 }.ToArray();
        var zip = Zip(CompressionLevel.NoCompression, ("1", large), ("2", Instance(2)));
        zip[at] ^= 0xFF;
        var files = Read(Write("damaged.zip", zip));
        Assert.Equal(2, files.Count);
        Assert.Throws<InvalidDataException>(() => files[0].OpenRead().ReadAll());
        Assert.Equal(Instance(2), files[1].OpenRead().ReadAll());
    }

    [Fact]
    public void Encrypted_zip_is_one_problem()
    {
        var zip = Zip(CompressionLevel.Fastest, ("1", Instance(1)), ("2", Instance(2)));
        // Bit 0 of the general purpose flags, in both headers of each entry.
        for (var i = 0; i + 10 < zip.Length; i++)
        {
            if (zip[i] == 'P' && zip[i + 1] == 'K' && zip[i + 2] is 1 or 3 && zip[i + 3] is 2 or 4)
                zip[i + (zip[i + 2] == 1 ? 8 : 6)] |= 1;
        }
        Assert.Equal([DicomProblem.EncryptedArchive], Read(Write("secret.zip", zip)).Select(f => f.ProblemDetail?.Id));
    }

    [Fact]
    public void Bomb_is_refused_before_it_fills_the_disk()
    {
        var spool = new SpoolFile(_space, 1000, _ => { });
        var chunk = new byte[64 << 20];
        var e = Assert.Throws<InvalidDataException>(() =>
        {
            for (var i = 0; i < 40; i++)
                spool.Append(chunk);
        });
        Assert.Contains("no honest archive", e.Message, StringComparison.Ordinal);
        Assert.InRange(spool.Length, _space.FreeSize, _space.FreeSize * 2);
        spool.Close();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Spool_goes_with_its_last_instance_and_comes_back_when_opened(int rounds)
    {
        var files = Read(Write("x.tgz", Gzip(Tar(TarEntryFormat.Pax, ("1", Instance(1)), ("2", Instance(2))))));
        for (var round = 0; round < rounds; round++)
        {
            files.ForEach(f => f.Claim());
            Assert.True(Spooled() > 0 || round > 0);
            foreach (var (file, number) in files.Zip([1, 2]))
            {
                using var stream = file.OpenRead();
                using var copy = new MemoryStream();
                stream.CopyTo(copy);
                Assert.Equal(Instance(number), copy.ToArray());
                Assert.True(Spooled() > 0);
                file.Release();
            }
            Assert.Equal(0, Spooled());
        }
    }

    [Fact]
    public void Stopped_run_gives_its_space_back_and_says_so()
    {
        var files = Read(Write("x.tgz", Gzip(Tar(TarEntryFormat.Pax, ("1", Instance(1))))));
        _space.Stop();
        Assert.Equal(0, Spooled());
        Assert.Contains("stopped", Assert.ThrowsAny<IOException>(() => files[0].OpenRead().ReadByte()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Room_is_waited_for_only_while_a_sender_has_it()
    {
        var space = new SpoolSpace { Limit = 1 };
        var files = new LocalSource(_ => { }, space, default).Read(Write("x.tgz", Gzip(Tar(TarEntryFormat.Pax, ("1", Instance(1))))), SearchOption.TopDirectoryOnly).ToList();
        await space.WaitForRoomAsync(10, default).WaitAsync(TimeSpan.FromSeconds(5));
        files[0].Claim();
        var wait = space.WaitForRoomAsync(10, default);
        await Task.Delay(100);
        Assert.False(wait.IsCompleted);
        files[0].Release();
        await wait.WaitAsync(TimeSpan.FromSeconds(5));
    }

    private long Spooled()
    {
        _space.Changed();
        return _space.OnDisk;
    }

    [Fact]
    public void Spool_has_no_name_while_it_is_in_use()
    {
        var files = Read(Write("x.tgz", Gzip(Tar(TarEntryFormat.Pax, ("1", Instance(1))))));
        if (!OperatingSystem.IsWindows())
            Assert.Empty(Directory.GetFiles(Path.GetTempPath(), "fwdicom-*.spool"));
        Assert.Equal(Instance(1), files.Single().OpenRead().ReadAll());
    }

    [Fact]
    public void Mutated_archives_never_do_harm()
    {
        var random = new Random(42);
        var entries = Enumerable.Range(1, 3).Select(i => ($"{i}.dcm", Instance(i))).ToArray();
        byte[][] seeds = [Zip(CompressionLevel.Fastest, entries), Zip(CompressionLevel.NoCompression, entries), Tar(TarEntryFormat.Pax, entries), Gzip(Tar(TarEntryFormat.Gnu, entries))];
        for (var round = 0; round < 2000; round++)
        {
            var bytes = (byte[])seeds[round % seeds.Length].Clone();
            for (var i = random.Next(1, 20); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            Assert.NotEmpty(Read(Write("mutated", bytes)));
        }
    }

    [Fact]
    public void Large_entry_is_read_ahead_given_up_and_read_again()
    {
        var large = new SyntheticInstance { Rows = 900, Columns = 900 }.ToArray();
        var file = Read(Write("x.zip", Zip(CompressionLevel.Fastest, ("1", large)))).Single();
        var threads = System.Diagnostics.Process.GetCurrentProcess().Threads.Count;
        for (var round = 0; round < 200; round++)
        {
            using var stream = file.OpenRead();
            stream.ReadExactly(new byte[round * 4000 + 1]);
        }
        Assert.InRange(System.Diagnostics.Process.GetCurrentProcess().Threads.Count, 0, threads + 20);
        Assert.Equal(large, file.OpenRead().ReadAll());
    }

    [Fact]
    public void Damage_in_a_large_packed_entry_is_found()
    {
        var large = new SyntheticInstance { Rows = 900, Columns = 900 }.ToArray();
        var zip = Zip(CompressionLevel.Fastest, ("1", large), ("2", Instance(2)));
        var found = 0;
        for (var at = 200_000; at < 1_000_000; at += 100_000)
        {
            var damaged = (byte[])zip.Clone();
            damaged[at] ^= 0x55;
            var files = Read(Write("damaged.zip", damaged));
            Assert.Equal(2, files.Count);
            Assert.Throws<InvalidDataException>(() => files[0].OpenRead().ReadAll());
            Assert.Equal(Instance(2), files[1].OpenRead().ReadAll());
            found++;
        }
        Assert.Equal(8, found);
    }

    [Fact]
    public async Task Entries_of_one_zip_are_read_from_many_threads()
    {
        var files = Read(Write("x.zip", Zip(CompressionLevel.Fastest, [.. Enumerable.Range(1, 40).Select(i => ($"{i}", new SyntheticInstance { Number = i, Rows = 420, Columns = 420 }.ToArray()))])));
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), async (i, _) =>
        {
            await Task.Yield();
            var file = files[i % files.Count];
            Assert.Equal(new SyntheticInstance { Number = i % files.Count + 1, Rows = 420, Columns = 420 }.ToArray(), file.OpenRead().ReadAll());
        });
    }

    [Fact]
    public void Directory_of_a_medium_is_left_out()
    {
        Write("DICOMDIR", new SyntheticInstance { SopClass = "1.2.840.10008.1.3.10", HasSopClass = false }.ToArray());
        Write("1", Instance(1));
        AssertHolds(Read(_folder.FullName), 1);
    }

    [Fact]
    public void Unreadable_file_is_a_problem_and_the_rest_goes_on()
    {
        var path = Write("1", Instance(1));
        Write("2", Instance(2));
        if (OperatingSystem.IsWindows() || Environment.UserName == "root")
        {
            // The right to read cannot be taken from this user; a folder in the file's place reads as little.
            File.Delete(path);
            File.CreateSymbolicLink(path, Path.Combine(_folder.FullName, "gone"));
        }
        else
            File.SetUnixFileMode(path, UnixFileMode.None);
        Assert.Equal([DicomProblem.Unreadable, null], Read(_folder.FullName).Select(f => f.ProblemDetail?.Id));
    }
}
