using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.IO;

/// <summary>Places that take no file are told, and never waited for.</summary>
public sealed class SavePlaceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fwdicom-save").FullName;
    private readonly string _source;

    public SavePlaceTests()
    {
        _source = Path.Combine(_folder, "source.dcm");
        File.WriteAllBytes(_source, new SyntheticInstance().ToArray());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [UnixFact]
    public async Task Pipe_or_device_is_not_opened()
    {
        var pipe = Path.Combine(_folder, "pipe");
        Pipes.Make(pipe);
        foreach (var (place, kind) in new[] { (pipe, "a named pipe"), ("/dev/full", "a device") })
        {
            foreach (var mode in Enum.GetValues<DicomSaveMode>())
            {
                var error = await Assert.ThrowsAsync<IOException>(() => Task.Run(() => DicomFile.Open(_source).Save(place, mode)).WaitAsync(TimeSpan.FromSeconds(20)));
                Assert.Equal($"'{place}' is {kind}. Name a file.", error.Message);
            }
        }
    }

    [Fact]
    public void Folder_that_is_missing_is_named()
    {
        var folder = Path.Combine(_folder, "none");
        var error = Assert.Throws<DirectoryNotFoundException>(() => DicomFile.Open(_source).Save(Path.Combine(folder, "x.dcm")));
        Assert.Equal($"'{Path.Combine(folder, "x.dcm")}' cannot be written: there is no folder '{folder}'. Make it first.", error.Message);
    }
}
