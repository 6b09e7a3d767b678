using FlywheelDicom.IO;

namespace FlywheelDicom.Unit.IO;

public sealed class PartialFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fwdicom-partial").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    private string[] Files() => [.. Directory.GetFiles(_folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Fact]
    public void File_has_its_name_once_it_is_complete()
    {
        using (var file = new PartialFile(In("a.partial")))
        {
            file.Stream.Write([1, 2, 3]);
            Assert.Equal(["a.partial"], Files());
            file.MoveToNew(In("a"));
            Assert.Equal(["a"], Files());
        }
        Assert.Equal([1, 2, 3], File.ReadAllBytes(In("a")));
        using (var other = new PartialFile(In("a.partial")))
        {
            other.Stream.Write([4]);
            Assert.Throws<IOException>(() => other.MoveToNew(In("a")));
        }
        Assert.Equal([1, 2, 3], File.ReadAllBytes(In("a")));
        Assert.Equal(["a"], Files());
        using (var third = new PartialFile(In("a.partial")))
        {
            third.Stream.Write([5]);
            third.Replace(In("a"));
        }
        Assert.Equal([5], File.ReadAllBytes(In("a")));
        Assert.Equal(["a"], Files());
    }

    [Fact]
    public void File_that_is_given_up_is_deleted()
    {
        var file = new PartialFile(In("a.partial"));
        file.Stream.Write([1]);
        file.Dispose();
        Assert.Empty(Files());
        file.Dispose();
        File.WriteAllText(In("b.partial"), "another's");
        Assert.Throws<IOException>(() => new PartialFile(In("b.partial")));
        Assert.Equal("another's", File.ReadAllText(In("b.partial")));
        Directory.CreateDirectory(In("gone"));
        var lost = new PartialFile(Path.Combine(_folder, "gone", "a"));
        Directory.Delete(In("gone"), recursive: true);
        lost.Dispose();
    }

    [UnixFact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Rights_are_those_that_were_asked_for()
    {
        using var own = new PartialFile(In("own"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(In("own")));
        Assert.Throws<IOException>(() => File.OpenRead(In("own")).Dispose());
    }
}
