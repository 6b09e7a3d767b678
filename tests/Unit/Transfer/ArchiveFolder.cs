using System.IO.Compression;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>A folder with an archive in it, what is found there, and what is said on the way.</summary>
public abstract class ArchiveFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fwdicom-test");

    private protected List<string> LeftOut { get; } = [];
    private protected List<string> Warned { get; } = [];
    private protected string Folder => _folder.FullName;

    public void Dispose()
    {
        GC.Collect();
        _folder.Delete(true);
        GC.SuppressFinalize(this);
    }

    private protected static byte[] Instance(int number) => new SyntheticInstance { Number = number }.ToArray();

    private protected string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private protected List<DicomFile> Read(string path, SpoolSpace? space = null)
        => [.. new LocalSource(LeftOut.Add, space ?? new SpoolSpace(), default, Warned.Add).Read(path, SearchOption.AllDirectories)];

    private protected List<DicomFile> Read(string name, byte[] bytes) => Read(Write(name, bytes));

    /// <summary>Just these instances, without a problem, byte for byte.</summary>
    private protected void AssertHolds(string name, byte[] archive, params int[] numbers)
    {
        var files = Read(name, archive);
        Assert.Equal(numbers.Select(_ => (string?)null), files.Select(f => f.Problem));
        Assert.Equal(numbers.Select(Instance), files.Select(f => f.OpenRead().ReadAll()));
    }

    private protected static IEnumerable<string?> ProblemsOf(IEnumerable<DicomFile> files) => files.Select(f => f.ProblemDetail?.Id);

    private protected static byte[] Gzip(byte[] bytes)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return stream.ToArray();
    }

    private protected static byte[] Changed(byte[] bytes, int at)
    {
        var changed = (byte[])bytes.Clone();
        changed[at] ^= 0x10;
        return changed;
    }
}
