using FlywheelDicom.IO;
using Xunit;

namespace FlywheelDicom.Unit.IO;

public sealed class PartialFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fwdicom-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Its_name_appears_with_the_whole_content()
    {
        var target = In("whole");
        using (var file = new PartialFile(In("partial")))
        {
            file.Stream.Write("content"u8);
            Assert.False(File.Exists(target));
            file.MoveToNew(target);
        }
        Assert.Equal("content", File.ReadAllText(target));
        Assert.Equal([target], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Nothing_stays_of_what_was_not_completed()
    {
        using (var file = new PartialFile(In("partial")))
            file.Stream.Write("content"u8);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_only_by_the_method_that_says_so()
    {
        var target = In("there");
        File.WriteAllText(target, "old");
        using (var file = new PartialFile(In("first")))
        {
            Assert.Throws<IOException>(() => file.MoveToNew(target));
            Assert.Equal("old", File.ReadAllText(target));
        }
        using (var file = new PartialFile(In("second")))
        {
            file.Stream.Write("new"u8);
            file.Replace(target);
        }
        Assert.Equal("new", File.ReadAllText(target));
        Assert.Equal([target], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_temporary_name_that_is_in_use_is_not_taken()
    {
        File.WriteAllText(In("partial"), "another's");
        Assert.Throws<IOException>(() => new PartialFile(In("partial")));
        Assert.Equal("another's", File.ReadAllText(In("partial")));
    }

    [Fact]
    public void It_has_the_rights_that_were_asked_for()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var file = new PartialFile(In("partial"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(In("partial")));
    }

    [Fact]
    public void A_folder_that_has_gone_is_no_failure_at_the_end()
    {
        var below = Directory.CreateDirectory(In("below")).FullName;
        var file = new PartialFile(Path.Combine(below, "partial"));
        Directory.Delete(below, recursive: true);
        file.Dispose();
        Assert.False(Directory.Exists(below));
    }

    private string In(string name) => Path.Combine(_folder, name);
}
