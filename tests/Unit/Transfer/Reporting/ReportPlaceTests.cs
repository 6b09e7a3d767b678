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
            Assert.Equal(In(expected), place.Write(In("a.csv"), s => s.WriteByte((byte)expected.Length), _ => false));
        Assert.Equal(["a.csv", "a_2.csv", "a_3.csv"], Files());
        Assert.Equal([5, 7, 7], Files().Select(f => (int)File.ReadAllBytes(In(f)).Single()));
    }

    [Fact]
    public void Named_file_is_replaced_where_it_is_of_the_same_kind()
    {
        var place = ReportPlace.InFile(In("a.csv"));
        Assert.Equal((_folder, In("a.csv")), (place.Folder, place.PathFor("b")));
        foreach (var before in (string[])["before", ""])
        {
            File.WriteAllText(In("a.csv"), before);
            Assert.Equal(In("a.csv"), place.Write(In("a.csv"), s => s.WriteByte(7), text => text == before));
            Assert.Equal([7], File.ReadAllBytes(In("a.csv")));
        }
        // One that came there after the place was tried.
        File.WriteAllText(In("a.csv"), "other");
        Assert.Throws<IOException>(() => place.Write(In("a.csv"), s => s.WriteByte(8), text => text == "before"));
        Assert.Equal("other", File.ReadAllText(In("a.csv")));
        Assert.Equal(["a.csv"], Files());
    }

    private const string Header = "Acquisition ID,FW Path,Filename,Images in Series,Images Sent,Status";
    private const string FailuresHeader = "Name,SOP Instance UID,Reason,Error ID";
    private const string PageStart = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>DICOM transfer report: x";

    [Theory]
    [InlineData("a.csv", "")]
    [InlineData("a.csv", Header)]
    [InlineData("a.csv", Header + "\n,,a,1,1,Complete\n")]
    [InlineData("a.csv", "\uFEFF" + Header + "\r\n")]
    [InlineData("a_failures.csv", "")]
    [InlineData("a_failures.csv", FailuresHeader + "\n")]
    [InlineData("a.html", "")]
    [InlineData("a.html", PageStart)]
    [InlineData("b_failures.csv", "other")]
    public void Former_report_may_be_written_over(string name, string content)
    {
        File.WriteAllText(In(name), content);
        ReportPlace.InFile(In("a.csv")).Try(ReportNameStyle.Local, ReportParts.TablesAndPage);
        Assert.Equal(System.Text.Encoding.UTF8.GetBytes(content), File.ReadAllBytes(In(name)));
        Assert.Equal([name], Files());
    }

    [Theory]
    [InlineData("a.csv", "DICM")]
    [InlineData("a.csv", Header + ",More\n")]
    [InlineData("a.csv", FailuresHeader + "\n")]
    [InlineData("a.csv", PageStart)]
    [InlineData("a.csv", "{\"time\":\"2026-11-28T22:25:07.000Z\",\"level\":\"info\",\"event\":\"send.start\"}\n")]
    [InlineData("a_failures.csv", Header + "\n")]
    [InlineData("a_failures.csv", "my own")]
    [InlineData("a.html", "<!DOCTYPE html>\n<title>Mine</title>")]
    [InlineData("a.html", "<title>DICOM transfer report: x")]
    public void File_of_another_kind_is_refused_by_name(string name, string content)
    {
        File.WriteAllText(In(name), content);
        var e = Assert.Throws<ReportPlaceException>(() => ReportPlace.InFile(In("a.csv")).Try(ReportNameStyle.Local, ReportParts.TablesAndPage));
        Assert.StartsWith($"'{In(name)}' is there and is not ", e.Message, StringComparison.Ordinal);
        Assert.Equal("ReportPlaceUnusable", e.ErrorId);
        Assert.Equal(content, File.ReadAllText(In(name)));
        // A folder is not asked for what is in it.
        ReportPlace.InFolder(_folder).Try(ReportNameStyle.Local, ReportParts.TablesAndPage);
    }

    [Fact]
    public void Page_that_is_not_asked_for_is_not_looked_at()
    {
        File.WriteAllText(In("a.html"), "mine");
        ReportPlace.InFile(In("a.csv")).Try(ReportNameStyle.Local);
    }

    [Fact]
    public void Only_what_an_earlier_run_left_beside_a_named_file_is_deleted()
    {
        File.WriteAllText(In("old.csv"), "old");
        File.WriteAllText(In("other.csv"), "other");
        ReportPlace.InFolder(_folder).Remove(In("old.csv"), text => text == "old");
        Assert.Equal(["old.csv", "other.csv"], Files());
        foreach (var name in (string[])["old.csv", "other.csv", "gone.csv"])
            ReportPlace.InFile(In("a.csv")).Remove(In(name), text => text == "old");
        Assert.Equal(["other.csv"], Files());
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
            }, _ => true));
            Assert.Empty(Files());
        }
    }

    [Fact]
    public void Report_without_a_folder_to_go_to_is_told()
    {
        var place = ReportPlace.InFolder(_folder);
        Assert.ThrowsAny<IOException>(() => place.Write(Path.Combine(_folder, "gone", "a.csv"), s => s.WriteByte(1), _ => true));
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
        Assert.Throws<FileNotFoundException>(() => place.Place(file, In("a.csv"), _ => true));
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
