using System.IO.Compression;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>What a folder holds comes out, whatever else is in it; and rows of a report can be told apart.</summary>
public sealed class FolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fwdicom-test");
    private readonly List<string> _leftOut = [];

    public void Dispose()
    {
        GC.Collect();
        _folder.Delete(true);
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private string Write(string name, int number) => Write(name, new SyntheticInstance { Number = number }.ToArray());

    private string Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllBytes(At(name), bytes);
        return At(name);
    }

    private LocalSource Source(CancellationToken cancellation = default) => new(_leftOut.Add, new SpoolSpace(), cancellation);

    /// <summary>In a time that a wait for a pipe's other end would not keep.</summary>
    private List<DicomFile> Read(string path, SearchOption depth = SearchOption.AllDirectories)
    {
        var read = Task.Run(() => Source().Read(path, depth).ToList());
        Assert.True(read.Wait(TimeSpan.FromSeconds(20)), "It hangs.");
        return read.Result;
    }

    private static int[] Numbers(IEnumerable<DicomFile> files)
        => [.. files.Select(f => f.Problem is null ? int.Parse(f.SopInstanceUid!.Split('.')[^1], null) : -1)];

    [Fact]
    public void Row_has_the_path_below_the_folder_that_was_given()
    {
        Write("S1/IM0001", 1);
        Write("S2/IM0001", 2);
        Write("IM0001", 3);
        var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = archive.CreateEntry("IM0001").Open())
            entry.Write(new SyntheticInstance { Number = 4 }.ToArray());
        Write("S2/x.zip", zip.ToArray());
        var files = Read(_folder.FullName);
        Assert.Equal([3, 1, 2, 4], Numbers(files));
        Assert.Equal(["IM0001", "S1/IM0001", "S2/IM0001", "S2/x.zip"], files.Select(f => f.Origin.FileName));
        Assert.All(files, f => Assert.Equal(_folder.FullName, f.Origin.GivenPath));
        // However the folder is written.
        Assert.Equal("S1/IM0001", Read(_folder.FullName + Path.DirectorySeparatorChar)[1].Origin.FileName);
        // A file that is given is called by its name.
        Assert.Equal("IM0001", Read(At("S1/IM0001")).Single().Origin.FileName);
    }

    [Fact]
    public void Row_of_a_wildcard_has_the_path_below_the_folder_that_it_begins_in()
    {
        string[] matches = [Write("S1/IM0001", 1), Write("S2/IM0001", 2)];
        var files = Source().ReadMatches("*/IM0001", _folder.FullName, matches, SearchOption.TopDirectoryOnly).ToList();
        Assert.Equal(["S1/IM0001", "S2/IM0001"], files.Select(f => f.Origin.FileName));
    }

    [UnixFact]
    public void Links_to_files_are_what_they_lead_to_under_their_own_name()
    {
        Write("store/annex/objects/key", 1);
        Directory.CreateDirectory(At("study"));
        File.CreateSymbolicLink(At("study/IM0001"), "../store/annex/objects/key");
        var file = Read(At("study")).Single();
        Assert.Equal((null, "1", "IM0001"), (file.Problem, file.SopInstanceUid!.Split('.')[^1], file.Origin.FileName));
        Assert.Equal((At("study/IM0001"), At("study/IM0001")), (file.Name, file.Origin.LocalPath));
        Assert.Equal(new SyntheticInstance { Number = 1 }.ToArray(), file.OpenRead().ReadAll());
        Assert.Equal(file.Length, new FileInfo(At("store/annex/objects/key")).Length);
    }

    [UnixFact]
    public void Link_to_nothing_is_a_problem_that_says_so()
    {
        Write("study/1", 1);
        File.CreateSymbolicLink(At("study/2"), "../.git/annex/objects/xx/key");
        File.CreateSymbolicLink(At("study/3"), "gone");
        File.CreateSymbolicLink(At("study/4"), "4");
        var files = Read(At("study"));
        Assert.Equal([1, -1, -1, -1], Numbers(files));
        Assert.All(files.Skip(1), f => Assert.Equal(DicomProblem.Unreadable, f.ProblemDetail!.Id));
        Assert.Contains("the link's target is not there", files[1].Problem, StringComparison.Ordinal);
        Assert.Contains("git annex get", files[1].Problem, StringComparison.Ordinal);
        Assert.Contains("the link's target is not there: 'gone'", files[2].Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("annex", files[2].Problem, StringComparison.Ordinal);
        Assert.Equal("2", files[1].Origin.FileName);
        // Given by itself it is the same.
        Assert.Contains("the link's target is not there", Read(At("study/3")).Single().Problem, StringComparison.Ordinal);
    }

    [UnixFact]
    public void Links_to_folders_are_followed_once_and_circles_end()
    {
        Write("study/b/1", 1);
        Write("other/2", 2);
        Directory.CreateSymbolicLink(At("study/b/up"), At("study"));
        Directory.CreateSymbolicLink(At("study/b/self"), ".");
        Directory.CreateSymbolicLink(At("study/a"), "b");
        Directory.CreateSymbolicLink(At("study/c"), "../other");
        Directory.CreateSymbolicLink(At("study/d"), At("other"));
        var files = Read(At("study"));
        Assert.Equal([1, 2], Numbers(files));
        Assert.Equal(["b/1", "c/2"], files.Select(f => f.Origin.FileName));
        Assert.Equal(4, _leftOut.Count(l => l.Contains("read already", StringComparison.Ordinal)));
        // Without -Recurse no folder is looked into, by a link or not.
        _leftOut.Clear();
        Assert.Equal([-1], Numbers(Read(At("study"), SearchOption.TopDirectoryOnly)));
        Assert.Empty(_leftOut);
        // A link that is given is a folder like others.
        Assert.Equal([1], Numbers(Read(At("study/a"), SearchOption.TopDirectoryOnly)));
    }

    [UnixFact]
    public void Links_through_other_links_in_a_circle_end()
    {
        Write("a/1", 1);
        Write("b/2", 2);
        Directory.CreateSymbolicLink(At("a/to-b"), At("b"));
        Directory.CreateSymbolicLink(At("b/to-a"), At("a/to-b/../a"));
        Directory.CreateSymbolicLink(At("b/deep"), At("b/to-a/to-b"));
        Assert.Equal([1, 2], Numbers(Read(At("a"))).Order());
    }

    [UnixFact]
    public void Pipes_sockets_and_devices_in_a_folder_are_left_out_and_never_opened()
    {
        Write("1", 1);
        Pipes.Make(At("0pipe"));
        Pipes.Make(At("pipe.dcm"));
        File.CreateSymbolicLink(At("zero.dcm"), "/dev/zero");
        Assert.Equal([1], Numbers(Read(_folder.FullName)));
        Assert.Equal(3, _leftOut.Count);
        Assert.Contains(_leftOut, l => l.Contains(At("pipe.dcm"), StringComparison.Ordinal) && l.Contains("a named pipe", StringComparison.Ordinal));
        Assert.Contains(_leftOut, l => l.Contains("zero.dcm", StringComparison.Ordinal) && l.Contains("a device", StringComparison.Ordinal));
    }

    [UnixFact]
    public void Pipe_or_device_that_is_given_is_one_problem()
    {
        Pipes.Make(At("pipe"));
        foreach (var (path, kind) in new[] { (At("pipe"), "a named pipe"), ("/dev/zero", "a device"), ("/dev/null", "a device") })
        {
            var file = Read(path).Single();
            Assert.Equal((DicomProblem.Unreadable, $"It is {kind} and not a file. It is not opened."), (file.ProblemDetail!.Id, file.Problem));
        }
    }

    [Fact]
    public void Folder_that_goes_while_it_is_read_leaves_its_row()
    {
        Write("a/1", 1);
        Write("b/2", 2);
        Write("c/3", 3);
        var files = new List<DicomFile>();
        foreach (var file in Source().Read(_folder.FullName, SearchOption.AllDirectories))
        {
            files.Add(file);
            if (Directory.Exists(At("b")))
                Directory.Delete(At("b"), true);
        }
        Assert.Equal([1, -1, 3], Numbers(files));
        Assert.Equal((DicomProblem.Unreadable, "b", At("b")), (files[1].ProblemDetail!.Id, files[1].Origin.FileName, files[1].Name));
        Assert.Contains("not there any more", files[1].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_goes_while_the_folder_is_read_leaves_its_row()
    {
        Write("1", 1);
        Write("2", 2);
        Write("3", 3);
        var files = new List<DicomFile>();
        foreach (var file in Source().Read(_folder.FullName, SearchOption.AllDirectories))
        {
            files.Add(file);
            File.Delete(At("2"));
        }
        Assert.Equal([1, -1, 3], Numbers(files));
        Assert.Contains("not there any more", files[1].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void First_instance_leaves_before_the_rest_is_opened_and_a_stop_ends_it()
    {
        for (var i = 1; i <= 5; i++)
            Write($"{i}", i);
        using var stop = new CancellationTokenSource();
        using var files = Source(stop.Token).Read(_folder.FullName, SearchOption.AllDirectories).GetEnumerator();
        Assert.True(files.MoveNext());
        foreach (var path in Directory.GetFiles(_folder.FullName).Where(p => !p.EndsWith('1')))
            File.Delete(path);
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => files.MoveNext());
    }

    [UnixFact]
    public void Odd_names_are_names()
    {
        string[] names = ["a\nb", "a\tb", "\u001b[31m", "a\\b", "\"q\"", "\u00FC", " "];
        for (var i = 0; i < names.Length; i++)
            Write(names[i], i + 1);
        var files = Read(_folder.FullName);
        Assert.Equal(Enumerable.Range(1, names.Length), Numbers(files).Order());
        Assert.Equal(names.Order(StringComparer.Ordinal), files.Select(f => Path.GetFileName(f.Origin.LocalPath)));
        // What is shown of them is plain.
        string[] shown = ["a\\u000Ab", "a\\u0009b", "\\u001B[31m", "a\\b", "\"q\"", "\u00FC", " "];
        Assert.Equal(shown.Order(StringComparer.Ordinal), files.Select(f => f.Origin.FileName).Order(StringComparer.Ordinal));
    }

    [UnixFact]
    public void Folders_a_thousand_deep_are_read()
    {
        var deep = string.Join('/', Enumerable.Repeat("d", 1000));
        Write(deep + "/1", 1);
        Assert.Equal(deep + "/1", Read(_folder.FullName).Single().Origin.FileName);
    }

    [Fact]
    public void File_still_being_written_is_not_sent_as_what_it_was()
    {
        var whole = new SyntheticInstance { Number = 1, Rows = 200, Columns = 200 }.ToArray();
        var path = Write("1", whole[..^1000]);
        var cut = Read(_folder.FullName).Single();
        Assert.Equal(DicomProblem.Truncated, cut.ProblemDetail!.Id);
        File.WriteAllBytes(path, whole);
        Assert.Null(Read(_folder.FullName).Single().Problem);
    }
}
