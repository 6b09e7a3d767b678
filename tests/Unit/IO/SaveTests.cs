using FlywheelDicom.IO;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.IO;

public sealed class SaveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fwdicom-save").FullName;
    private readonly string _source;
    private readonly byte[] _bytes = new SyntheticInstance().ToArray();

    public SaveTests()
    {
        _source = Path.Combine(_folder, "source.dcm");
        File.WriteAllBytes(_source, _bytes);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private DicomFile Edited()
    {
        var file = DicomFile.Open(_source);
        file.SetValue("PatientName", "X");
        return file;
    }

    [Fact]
    public void File_that_is_there_is_replaced_only_when_told_to()
    {
        var target = Path.Combine(_folder, "target.dcm");
        File.WriteAllText(target, "precious");
        Assert.Throws<IOException>(() => Edited().Save(target));
        Assert.Equal("precious", File.ReadAllText(target));
        Edited().Save(target, DicomSaveMode.Overwrite);
        Assert.Equal("X", DicomFile.Open(target).Dataset["PatientName"]);
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Source_is_never_written_over_under_any_name()
    {
        List<string> names = [_source, Path.Combine(_folder, "..", Path.GetFileName(_folder), "source.dcm")];
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(Path.Combine(_folder, "link.dcm"), _source);
            Directory.CreateSymbolicLink(Path.Combine(_folder, "here"), _folder);
            using (var ln = System.Diagnostics.Process.Start("ln", [_source, Path.Combine(_folder, "hard.dcm")]))
                Assert.True(ln.WaitForExit(10_000));
            names.AddRange([Path.Combine(_folder, "link.dcm"), Path.Combine(_folder, "here", "source.dcm"), Path.Combine(_folder, "hard.dcm")]);
        }
        foreach (var name in names)
        {
            foreach (var mode in new[] { DicomSaveMode.CreateNew, DicomSaveMode.Overwrite })
            {
                var error = Assert.Throws<IOException>(() => Edited().Save(name, mode));
                Assert.Contains("is read from", error.Message, StringComparison.Ordinal);
                Assert.Equal(_bytes, File.ReadAllBytes(name));
            }
        }
    }

    [Fact]
    public void Problem_is_not_saved()
    {
        var cut = Path.Combine(_folder, "cut.dcm");
        File.WriteAllBytes(cut, _bytes[..^10]);
        var target = Path.Combine(_folder, "target.dcm");
        Assert.Contains("truncated", Assert.Throws<InvalidOperationException>(() => DicomFile.Open(cut).Save(target)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(target));
    }

    [Fact]
    public void Failure_leaves_nothing_behind_and_what_was_there_as_it_was()
    {
        var target = Path.Combine(_folder, "target.dcm");
        File.WriteAllText(target, "precious");
        var file = DicomFile.Read(new BreakingSource(_bytes), "a", new DicomOrigin { FileName = "a" })!;
        Assert.Throws<IOException>(() => file.Save(target, DicomSaveMode.Overwrite));
        Assert.Equal("precious", File.ReadAllText(target));
        Assert.Equal(["source.dcm", "target.dcm"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Folder_is_told_as_that() => Assert.Contains("folder", Assert.Throws<IOException>(() => Edited().Save(_folder)).Message, StringComparison.Ordinal);

    /// <summary>Breaks half way, but not while the header is read.</summary>
    private sealed class BreakingSource(byte[] bytes) : DicomSource
    {
        public override long Length => bytes.Length;

        public override Stream Open() => new Half(new MemoryStream(bytes));

        private sealed class Half(MemoryStream inner) : ForwardStream
        {
            public override int Read(Span<byte> buffer)
                => inner.Position > inner.Length / 2 && buffer.Length > 8192 ? throw new IOException("broken") : inner.Read(buffer[..Math.Min(buffer.Length, 700)]);
        }
    }
}
