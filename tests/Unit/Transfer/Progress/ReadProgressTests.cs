using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Progress;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Unit.Transfer.Progress;

/// <summary>What sources say of what comes, while they read.</summary>
public sealed class ReadProgressTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fwdicom-progress").FullName;
    private readonly ReadProgress _progress = new();

    public void Dispose() => Directory.Delete(_folder, true);

    private string Save(string name, int number)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, new SyntheticInstance { Number = number }.ToArray());
        return path;
    }

    /// <summary>Found and ahead after each instance, and whether more may come.</summary>
    private List<(long Found, long Ahead, bool MayGrow)> Read(string path, SearchOption depth = SearchOption.AllDirectories)
    {
        var seen = new List<(long, long, bool)>();
        foreach (var file in new LocalSource(_ => { }, new SpoolSpace(), default, progress: _progress).Read(path, depth))
        {
            _progress.Find(file);
            seen.Add((_progress.Found, _progress.Ahead, _progress.MayGrow));
        }
        return seen;
    }

    [Fact]
    public void Zip_knows_its_count_and_bytes_at_its_first_entry()
    {
        foreach (var n in Enumerable.Range(1, 5))
            Save($"in/{n}.dcm", n);
        File.WriteAllText(Path.Combine(_folder, "in/readme.txt"), "no DICOM");
        var zip = Path.Combine(_folder, "a.zip");
        System.IO.Compression.ZipFile.CreateFromDirectory(Path.Combine(_folder, "in"), zip);
        var seen = Read(zip);
        Assert.All(seen, s => Assert.False(s.MayGrow));
        Assert.All(seen, s => Assert.InRange(s.Found + s.Ahead, 5, 6));
        Assert.Equal((5L, 0L, 0L), (_progress.Found, _progress.Ahead, _progress.AheadBytes));
    }

    [Fact]
    public void Folder_tells_more_as_it_is_read_and_knows_all_in_its_last_folder()
    {
        foreach (var n in Enumerable.Range(1, 4))
            Save($"tree/{n}.dcm", n);
        foreach (var n in Enumerable.Range(5, 3))
            Save($"tree/sub/{n}.dcm", n);
        var seen = Read(Path.Combine(_folder, "tree"));
        Assert.Equal([(1, 3, true), (2, 2, true), (3, 1, true), (4, 0, true), (5, 2, false), (6, 1, false), (7, 0, false)], seen);
    }

    [Fact]
    public void Folder_alone_is_known_at_once()
    {
        foreach (var n in Enumerable.Range(1, 3))
            Save($"flat/{n}.dcm", n);
        Save("flat/sub/4.dcm", 4);
        Assert.Equal([(1, 2, false), (2, 1, false), (3, 0, false)], Read(Path.Combine(_folder, "flat"), SearchOption.TopDirectoryOnly));
    }

    [Fact]
    public void Reading_that_ends_early_leaves_nothing_ahead()
    {
        foreach (var n in Enumerable.Range(1, 9))
            Save($"tree/sub/{n}.dcm", n);
        using (var files = new LocalSource(_ => { }, new SpoolSpace(), default, progress: _progress).Read(Path.Combine(_folder, "tree"), SearchOption.AllDirectories).GetEnumerator())
            Assert.True(files.MoveNext());
        Assert.Equal((0L, false), (_progress.Ahead, _progress.MayGrow));
    }

    [Fact]
    public void Download_tells_files_bytes_and_rate()
    {
        var time = new StandingTime();
        var watch = new ReadWatch(_progress, time);
        _progress.AnnounceFile(1_000_000);
        _progress.AnnounceFile(3_000_000);
        _ = watch.Snapshot();
        time.Move(TimeSpan.FromSeconds(1));
        _progress.Fetch(1_000_000);
        _progress.EndFile();
        var now = watch.Snapshot();
        Assert.Equal((25, 1e6, TimeSpan.FromSeconds(3)), (now.Percent, now.BytesPerSecond, now.TimeLeft));
        Assert.StartsWith("1 of 2 files, 1.00 MB of 4.00 MB, 1.0 MB/s, 0 of 0 instances, 3 s left", ProgressText.Of(now, "flywheel.example"), StringComparison.Ordinal);
    }

    [Fact]
    public void Flywheel_that_sends_nothing_is_told_after_a_second_with_its_retries()
    {
        var time = new StandingTime();
        var watch = new ReadWatch(_progress, time) { IsWaiting = true };
        Assert.False(watch.Snapshot().IsWaiting);
        time.Move(TimeSpan.FromSeconds(1));
        Assert.StartsWith("waiting for flywheel.example since 1 s, ", ProgressText.Of(watch.Snapshot(), "flywheel.example"), StringComparison.Ordinal);
        watch.Retry("flywheel.example: ServerError", TimeSpan.FromSeconds(4));
        Assert.Contains("flywheel.example: ServerError, next try in 4 s", ProgressText.Of(watch.Snapshot(), "flywheel.example"), StringComparison.Ordinal);
        time.Move(TimeSpan.FromSeconds(6));
        Assert.DoesNotContain("ServerError", ProgressText.Of(watch.Snapshot(), "flywheel.example"), StringComparison.Ordinal);
    }
}
