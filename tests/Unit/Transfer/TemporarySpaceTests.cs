using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>Where archives cannot be unpacked, that is what is said: the archive is sound.</summary>
public sealed class TemporarySpaceTests : ArchiveFolder
{
    private static readonly byte[] s_archive = Gzip(new TarBytes().Add("1", Instance(1)).Add("2", Instance(2)).End().ToArray());

    [Fact]
    public void Missing_folder_for_temporary_files_is_named()
    {
        var missing = Path.Combine(Folder, "missing");
        var problem = Read(Write("x.tgz", s_archive), new SpoolSpace { Folder = missing }).Single().ProblemDetail!;
        Assert.Equal(DicomProblem.NoTemporarySpace, problem.Id);
        Assert.Contains(missing, problem.Message, StringComparison.Ordinal);
        Assert.Contains(OperatingSystem.IsWindows() ? "TEMP" : "TMPDIR", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("damaged", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Zip_needs_no_room_for_temporary_files()
    {
        var path = Write("x.zip", new ZipBytes().Add("1", Instance(1)).ToArray());
        Assert.Equal(Instance(1), Read(path, new SpoolSpace { Folder = Path.Combine(Folder, "missing") }).Single().OpenRead().ReadAll());
    }

    [Fact]
    public void Archive_that_is_damaged_before_it_is_unpacked_again_costs_each_instance_its_own_failure()
    {
        var path = Write("x.tgz", s_archive);
        var files = Read(path);
        files.ForEach(f => f.Release());
        var time = File.GetLastWriteTimeUtc(path);
        File.WriteAllBytes(path, Changed(s_archive, s_archive.Length - 6));
        // With another time it would not even be opened.
        File.SetLastWriteTimeUtc(path, time);
        foreach (var file in files)
            Assert.Contains("second time", Assert.ThrowsAny<IOException>(() => file.OpenRead().ReadAll()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_that_went_meanwhile_costs_each_instance_its_own_failure_until_it_is_back()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "temporary")).FullName;
        var files = Read(Write("x.tgz", s_archive), new SpoolSpace { Folder = folder });
        files.ForEach(f => f.Release());
        Directory.Delete(folder);
        foreach (var file in files)
            Assert.Contains(folder, Assert.ThrowsAny<IOException>(() => file.OpenRead().ReadAll()).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(folder);
        Assert.Equal(Instance(2), files[1].OpenRead().ReadAll());
    }
}
