using FlywheelDicom.Transfer.Reporting;

namespace FlywheelDicom.Unit.Transfer.Reporting;

public sealed class ReportPlaceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fwdicom-place-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string[] Files() => [.. Directory.GetFileSystemEntries(_folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private string In(string name) => Path.Combine(_folder, name);

    [Fact]
    public void Folder_gives_no_existing_file_away()
    {
        var place = ReportPlace.InFolder(_folder);
        Assert.Equal((_folder, In("a.csv")), (place.Folder, place.PathFor("a")));
        foreach (var expected in (string[])["a.csv", "a_2.csv", "a_3.csv"])
            Assert.Equal(In(expected), place.Write(In("a.csv"), s => s.WriteByte((byte)expected.Length)));
        Assert.Equal(["a.csv", "a_2.csv", "a_3.csv"], Files());
        Assert.Equal([5, 7, 7], Files().Select(f => (int)File.ReadAllBytes(In(f)).Single()));
    }

    [Fact]
    public void Named_file_is_replaced()
    {
        var place = ReportPlace.InFile(In("a.csv"));
        Assert.Equal((_folder, In("a.csv")), (place.Folder, place.PathFor("b")));
        File.WriteAllText(In("a.csv"), "before");
        Assert.Equal(In("a.csv"), place.Write(In("a.csv"), s => s.WriteByte(7)));
        Assert.Equal([7], File.ReadAllBytes(In("a.csv")));
        Assert.Equal(["a.csv"], Files());
    }

    [Fact]
    public void Report_that_cannot_be_written_to_its_end_leaves_nothing()
    {
        foreach (var place in (ReportPlace[])[ReportPlace.InFolder(_folder), ReportPlace.InFile(In("a.csv"))])
        {
            Assert.Throws<InvalidOperationException>(() => place.Write(In("a.csv"), s =>
            {
                s.WriteByte(1);
                throw new InvalidOperationException("x");
            }));
            Assert.Empty(Files());
        }
    }

    [Fact]
    public void Report_without_a_folder_to_go_to_is_told()
    {
        var place = ReportPlace.InFolder(_folder);
        Assert.ThrowsAny<IOException>(() => place.Write(Path.Combine(_folder, "gone", "a.csv"), s => s.WriteByte(1)));
        Assert.Empty(Files());
    }

    /// <summary>What is to be moved there is gone: the name that was reserved is given up.</summary>
    [Fact]
    public void Name_that_was_reserved_in_vain_is_free_again()
    {
        var place = ReportPlace.InFolder(_folder);
        using var file = place.Begin();
        file.Stream.Dispose();
        File.Delete(In(Assert.Single(Files())));
        Assert.Throws<FileNotFoundException>(() => place.Place(file, In("a.csv")));
        Assert.Empty(Files());
    }

    [Fact]
    public void Files_on_their_way_are_hidden_and_never_the_same()
    {
        var place = ReportPlace.InFolder(_folder);
        using var first = place.Begin();
        using var second = place.Begin();
        Assert.Equal(2, Files().Length);
        Assert.All(Files(), f => Assert.Matches(@"^\.dicom-send_report-[0-9a-f]{32}\.partial$", Path.GetFileName(f)));
    }

    [Fact]
    public void File_in_use_may_still_be_given()
    {
        using var open = new FileStream(In("a.csv"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        ReportPlace.InFile(In("a.csv")).Try(ReportNameStyle.Local);
        Assert.Equal(["a.csv"], Files());
    }

    [Theory]
    [InlineData("folder", "is a folder")]
    [InlineData("file/a.csv", "is a file")]
    [InlineData("gone/a.csv", "does not exist")]
    public void Place_of_no_use_is_told_for_what_it_is(string path, string expected)
    {
        Directory.CreateDirectory(In("folder"));
        File.WriteAllText(In("file"), "");
        var e = Assert.Throws<ReportPlaceException>(() => ReportPlace.InFile(In(path)).Try(ReportNameStyle.Local));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Equal(["file", "folder"], Files());
    }

    [UnixFact]
    public void Pipe_and_device_are_not_opened()
    {
        Pipes.Make(In("pipe"));
        foreach (var path in (string[])[In("pipe"), "/dev/null"])
        {
            var e = Assert.Throws<ReportPlaceException>(() => ReportPlace.InFile(path).Try(ReportNameStyle.Local));
            Assert.Contains("and not a file", e.Message, StringComparison.Ordinal);
            Assert.Null(e.InnerException);
        }
    }

    [UnixFact]
    public void Path_that_cannot_be_used_names_what_was_given()
    {
        var name = new string('x', 252) + ".csv";
        var file = Assert.Throws<ReportPlaceException>(() => ReportPlace.InFile(In(name)).Try(ReportNameStyle.Local));
        Assert.Contains($"'{In(name)}'", file.Message, StringComparison.Ordinal);
        Assert.IsAssignableFrom<IOException>(file.InnerException);
        if (!OperatingSystem.IsLinux())
            return;
        var folder = Assert.Throws<ReportPlaceException>(() => ReportPlace.InFolder("/proc/self").Try(ReportNameStyle.Local));
        Assert.Contains("'/proc/self'", folder.Message, StringComparison.Ordinal);
        // A file that may be written to, in a folder that takes no other.
        Assert.Throws<ReportPlaceException>(() => ReportPlace.InFile("/proc/self/oom_score_adj").Try(ReportNameStyle.Local));
    }
}
