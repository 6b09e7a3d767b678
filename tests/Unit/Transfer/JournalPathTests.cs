using System.Diagnostics;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>What is given for a journal and is no file.</summary>
public sealed class JournalPathTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fwdicom-test");

    public void Dispose() => _folder.Delete(true);

    private static async Task AssertRefusedAsync(string path, string why)
    {
        var opening = Task.Run(() => SendJournal.Open(path, JobRun.At(104)));
        var refusal = await Assert.ThrowsAsync<JournalException>(() => opening.WaitAsync(s_limit));
        Assert.Equal("JournalUnusable", refusal.ErrorId);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        var reading = Task.Run(() => JournalLine.Read(path, _ => { }).Count());
        Assert.Equal("JournalUnusable", (await Assert.ThrowsAsync<JournalException>(() => reading.WaitAsync(s_limit))).ErrorId);
        Assert.False(File.Exists(path + ".lock"));
    }

    [Fact]
    public async Task Folder_is_refused() => await AssertRefusedAsync(_folder.FullName, "a folder");

    [Theory]
    [InlineData("/dev/full")]
    [InlineData("/dev/null")]
    [InlineData("/dev/zero")]
    public async Task Device_is_refused_and_never_read(string path)
    {
        if (OperatingSystem.IsLinux())
            await AssertRefusedAsync(path, "a device");
    }

    [Fact]
    public async Task Pipe_is_refused_and_never_opened_also_behind_a_link()
    {
        if (OperatingSystem.IsWindows())
            return;
        var (pipe, link) = (Path.Combine(_folder.FullName, "pipe"), Path.Combine(_folder.FullName, "link"));
        using (var make = Process.Start("mkfifo", pipe))
            await make.WaitForExitAsync().WaitAsync(s_limit);
        await AssertRefusedAsync(pipe, "a named pipe");
        File.CreateSymbolicLink(link, pipe);
        await AssertRefusedAsync(link, "a named pipe");
    }

    [Fact]
    public void Link_to_a_file_is_a_file()
    {
        var link = Path.Combine(_folder.FullName, "link.tsv");
        File.CreateSymbolicLink(link, Path.Combine(_folder.FullName, "file.tsv"));
        SendJournal.Open(link, JobRun.At(104)).Dispose();
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "file.tsv")));
    }
}
