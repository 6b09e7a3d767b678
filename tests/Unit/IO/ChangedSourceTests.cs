using FlywheelDicom.IO;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.IO;

/// <summary>What is sent is what was looked at: a file that is another one by then is refused before a byte of it is given.</summary>
public sealed class ChangedSourceTests : IDisposable
{
    private static readonly DateTime s_then = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fwdicom-test");

    public void Dispose() => _folder.Delete(true);

    private string Write(byte[] bytes, DateTime time, string name = "a.dcm")
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, time);
        return path;
    }

    private static byte[] Instance(int number) => new SyntheticInstance { Number = number, Rows = 400, Columns = 400 }.ToArray();

    public static TheoryData<string> Changes => ["replaced", "replaced by rename", "grown", "shorter", "other time"];

    private void Change(string how, string path)
    {
        switch (how)
        {
            case "replaced":
                Write(Instance(2), s_then.AddSeconds(1));
                break;
            case "replaced by rename":
                File.Move(Write(Instance(2), s_then.AddTicks(10), "other"), path, overwrite: true);
                break;
            case "grown":
                Write([.. Instance(1), 0, 0], s_then);
                break;
            case "shorter":
                Write(Instance(1)[..^2], s_then);
                break;
            default:
                File.SetLastWriteTimeUtc(path, s_then.AddTicks(10));
                break;
        }
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void Changed_file_is_refused_before_a_byte_is_given(string how)
    {
        var path = Write(Instance(1), s_then);
        var file = DicomFile.Open(path);
        Change(how, path);
        foreach (var open in (Func<Stream>[])[file.OpenRead, file.OpenDataset, () => file.OpenDataset(DicomTransferSyntax.ImplicitVRLittleEndian)])
        {
            var e = Assert.Throws<DicomSourceChangedException>(() => open());
            Assert.Equal("DicomSourceChanged", e.ErrorId);
            Assert.Contains(path, e.Message, StringComparison.Ordinal);
        }
        Assert.Throws<DicomSourceChangedException>(() => file.ComputeDigest());
    }

    [Fact]
    public void Message_tells_both_lengths_or_both_times()
    {
        var path = Write(Instance(1), s_then);
        var file = DicomFile.Open(path);
        Write(Instance(2), s_then.AddTicks(10));
        var message = Assert.Throws<DicomSourceChangedException>(() => file.OpenRead()).Message;
        Assert.Contains("2026-01-02T03:04:05.0000000Z", message, StringComparison.Ordinal);
        Assert.Contains("2026-01-02T03:04:05.0000010Z", message, StringComparison.Ordinal);
        Write(new byte[7], s_then);
        message = Assert.Throws<DicomSourceChangedException>(() => file.OpenRead()).Message;
        Assert.Contains($"{file.Length} bytes", message, StringComparison.Ordinal);
        Assert.Contains("7 now", message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_is_as_it_was_is_opened_as_often_as_asked()
    {
        var path = Write(Instance(1), s_then);
        var file = DicomFile.Open(path);
        // Written anew with the same bytes and time it is the same.
        Write(Instance(1), s_then);
        Assert.Equal(Instance(1), file.OpenRead().ReadAll());
        Assert.Equal(Instance(1), file.OpenRead().ReadAll());
        Assert.Equal(Instance(1).Length, file.Length);
    }

    [Fact]
    public void File_that_becomes_shorter_while_it_is_read_never_ends_as_if_whole()
    {
        var path = Write(Instance(1), s_then);
        using var stream = DicomFile.Open(path).OpenRead();
        stream.ReadExactly(new byte[1000]);
        using (var writer = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            writer.SetLength(2000);
        stream.ReadExactly(new byte[1000]);
        Assert.Throws<DicomSourceChangedException>(() => stream.ReadByte());
    }

    [Fact]
    public void Tag_on_a_changed_file_is_a_problem_of_that_file()
    {
        var path = Write(Instance(1), s_then);
        var file = DicomFile.Open(path);
        Write(Instance(2), s_then.AddSeconds(1));
        // Its header is let go, and has to be read again.
        GC.Collect();
        file.AddPrivateValue(new PrivateValue(0x0021, "Flywheel", "DICOM send"));
        Assert.Equal("DicomSourceChanged", file.ProblemDetail?.Id);
        Assert.True(DicomProblem.IsProblem(file.ProblemDetail!.Id));
    }

    [UnixFact]
    public void Link_has_the_length_of_its_target()
    {
        var path = Write(Instance(1), s_then);
        var link = Path.Combine(_folder.FullName, "link");
        File.CreateSymbolicLink(link, path);
        var file = DicomFile.Open(link);
        Assert.Equal((Instance(1).Length, null), (file.Length, file.Problem));
        Assert.Equal(link, file.Name);
        Assert.Equal(Instance(1), file.OpenRead().ReadAll());
    }

    [UnixFact]
    public async Task Pipe_is_never_opened_as_an_instance()
    {
        Pipes.Make(Path.Combine(_folder.FullName, "pipe"));
        var open = Task.Run(() => DicomFile.Open(Path.Combine(_folder.FullName, "pipe")));
        var e = await Assert.ThrowsAsync<IOException>(() => open.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Contains("a named pipe", e.Message, StringComparison.Ordinal);
    }
}
