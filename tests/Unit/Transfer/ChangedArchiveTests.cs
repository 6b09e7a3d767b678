using System.Formats.Tar;
using System.IO.Compression;
using FlywheelDicom.IO;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>An archive that is another one by the time its entries are sent gives none of its bytes under the old names.</summary>
public sealed class ChangedArchiveTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fwdicom-test");

    public void Dispose()
    {
        GC.Collect();
        _folder.Delete(true);
    }

    private static byte[] Archive(string kind, int first)
    {
        var stream = new MemoryStream();
        if (kind == "zip")
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var n in (int[])[first, first + 1])
            {
                using var entry = zip.CreateEntry($"{n}", CompressionLevel.NoCompression).Open();
                entry.Write(new SyntheticInstance { Number = n }.ToArray());
            }
        }
        else
        {
            using var gzip = kind == "tar.gz" ? new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true) : null;
            using var tar = new TarWriter((Stream?)gzip ?? stream, TarEntryFormat.Pax, leaveOpen: true);
            foreach (var n in (int[])[first, first + 1])
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{n}") { DataStream = new MemoryStream(new SyntheticInstance { Number = n }.ToArray()) });
        }
        return stream.ToArray();
    }

    [Theory]
    [InlineData("tar")]
    [InlineData("tar.gz")]
    [InlineData("zip")]
    public void Archive_that_was_replaced_is_told_as_changed(string kind)
    {
        var path = Path.Combine(_folder.FullName, "x");
        File.WriteAllBytes(path, Archive(kind, 1));
        var files = new LocalSource(_ => { }, new SpoolSpace(), default).Read(path, SearchOption.TopDirectoryOnly).ToList();
        Assert.All(files, f => Assert.Null(f.Problem));
        // What was spooled is let go, so that it has to be unpacked again.
        files.ForEach(f => f.Release());
        File.WriteAllBytes(path, Archive(kind, 3));
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(5));
        Assert.Equal(2, files.Count);
        Assert.All(files, f => Assert.Equal("DicomSourceChanged", Assert.Throws<DicomSourceChangedException>(() => f.OpenRead().ReadAll()).ErrorId));
    }

    [Fact]
    public void Zip_that_was_replaced_by_rename_is_told_as_changed()
    {
        var path = Path.Combine(_folder.FullName, "x");
        File.WriteAllBytes(path, Archive("zip", 1));
        var files = new LocalSource(_ => { }, new SpoolSpace(), default).Read(path, SearchOption.TopDirectoryOnly).ToList();
        File.WriteAllBytes(path + "2", Archive("zip", 3));
        File.SetLastWriteTimeUtc(path + "2", DateTime.UtcNow.AddSeconds(5));
        File.Move(path + "2", path, overwrite: true);
        Assert.Equal(2, files.Count);
        Assert.All(files, f => Assert.Throws<DicomSourceChangedException>(() => f.OpenRead().ReadAll()));
    }
}
