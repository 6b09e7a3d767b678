using System.Diagnostics;
using System.Text;
using FlywheelDicom.Network.Scp;
using FlywheelDicom.TestSupport;
using static FlywheelDicom.Unit.Network.RawCaller;

namespace FlywheelDicom.Unit.Network;

/// <summary>What a receiver answers is true, and what it leaves behind is whole, private and named by its UID.</summary>
public sealed class FolderSinkTests : IDisposable
{
    private static readonly byte[] s_dataset = [8, 0, 0x16, 0, 2, 0, 0, 0, (byte)'1', 0];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fwdicom-test");

    public void Dispose() => _folder.Delete(true);

    [Theory]
    [InlineData("begin", typeof(IOException), 0xA700)]
    [InlineData("write", typeof(IOException), 0xA700)]
    [InlineData("complete", typeof(IOException), 0xA700)]
    [InlineData("begin", typeof(UnauthorizedAccessException), 0xA700)]
    [InlineData("complete", typeof(UnauthorizedAccessException), 0xA700)]
    [InlineData("begin", typeof(NotSupportedException), 0x0110)]
    [InlineData("write", typeof(InvalidOperationException), 0x0110)]
    [InlineData("complete", typeof(ArgumentException), 0x0110)]
    public async Task Sink_that_fails_costs_one_instance(string where, Type failure, int status)
    {
        var sink = new FailingSink(where, () => (Exception)Activator.CreateInstance(failure)!);
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = sink });
        using var caller = await AssociateAsync(server);
        await caller.SendAsync([.. Command(3, Store("1.2.3")), .. Piece(3, 0, s_dataset), .. Piece(3, 2, s_dataset)]);
        Assert.Equal(status, (await caller.ReadResponseAsync()).Status.Code);
        Assert.Equal((0, 0), (server.Instances, sink.Open));
        sink.Fails = false;
        await caller.SendAsync([.. Command(3, Store("1.2.4")), .. Piece(3, 2, s_dataset)]);
        Assert.Equal(DicomStatus.Success, (await caller.ReadResponseAsync()).Status);
        Assert.Equal((1, 0), (server.Instances, sink.Open));
    }

    [Fact]
    public async Task Full_disk_leaves_no_file_and_no_handle_and_the_next_association_goes_on()
    {
        if (!OperatingSystem.IsLinux() || await RunAsync("mount", $"-t tmpfs -o size=64k none {_folder.FullName}") != 0)
            return;
        try
        {
            await using var server = DicomServer.Start(new DicomServerOptions { Sink = new FolderSink(_folder.FullName) });
            for (var i = 0; i < 3; i++)
            {
                // First the data does not fit, then not even the beginning of a file.
                var filler = Path.Combine(_folder.FullName, "filler");
                if (i == 2)
                    Fill(filler);
                using var caller = await AssociateAsync(server);
                await caller.SendAsync([.. Command(3, Store($"1.2.{i}")), .. Enumerable.Repeat(Piece(3, 0, new byte[16000]), 8).SelectMany(p => p), .. Piece(3, 2, s_dataset)]);
                Assert.Equal(DicomStatus.OutOfResources, (await caller.ReadResponseAsync()).Status);
                File.Delete(filler);
                Assert.Empty(_folder.GetFiles());
                Assert.DoesNotContain(Directory.GetFiles("/proc/self/fd").Select(f => new FileInfo(f).LinkTarget ?? ""), t => t.StartsWith(_folder.FullName, StringComparison.Ordinal));
                await caller.SendAsync([.. Command(3, Store("1.2.9")), .. Piece(3, 2, s_dataset)]);
                Assert.Equal(DicomStatus.Success, (await caller.ReadResponseAsync()).Status);
                File.Delete(Path.Combine(_folder.FullName, "1.2.9.dcm"));
            }
            Fill(Path.Combine(_folder.FullName, "filler"));
            Assert.ThrowsAny<IOException>(() => new FolderSink(_folder.FullName));
        }
        finally
        {
            await RunAsync("umount", "-l " + _folder.FullName);
        }

        static void Fill(string path)
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            try
            {
                while (true)
                    file.Write(new byte[4096]);
            }
            catch (IOException)
            {
                // Now it is full.
            }
        }
    }

    [Fact]
    public void Folder_that_cannot_be_written_is_found_at_the_start()
    {
        var file = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(file, "x");
        Assert.ThrowsAny<IOException>(() => new FolderSink(file));
        Assert.ThrowsAny<IOException>(() => new FolderSink(Path.Combine(file, "below")));
        if (OperatingSystem.IsLinux())
        {
            // Nobody makes a file there, be it root.
            var e = Record.Exception(() => new FolderSink("/proc/self"));
            Assert.True(e is IOException or UnauthorizedAccessException, $"{e}");
        }
        var fresh = Path.Combine(_folder.FullName, "a", "b");
        _ = new FolderSink(fresh);
        Assert.Empty(Directory.GetFileSystemEntries(fresh));
    }

    [Fact]
    public async Task Files_and_folders_are_their_users_alone()
    {
        if (OperatingSystem.IsWindows())
            return;
        var inner = Path.Combine(_folder.FullName, "a", "b");
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new FolderSink(inner) });
        using var caller = await AssociateAsync(server);
        await caller.SendAsync([.. Command(3, Store("1.2.3")), .. Piece(3, 2, s_dataset)]);
        Assert.Equal(DicomStatus.Success, (await caller.ReadResponseAsync()).Status);
        const UnixFileMode ForUser = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(ForUser, File.GetUnixFileMode(Path.Combine(inner, "1.2.3.dcm")));
        Assert.Equal(ForUser | UnixFileMode.UserExecute, File.GetUnixFileMode(inner));
        Assert.Equal(ForUser | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_folder.FullName, "a")));
    }

    [Fact]
    public async Task One_UID_from_two_receivers_at_once_never_mixes_their_bytes()
    {
        // Two processes may share a folder: neither knows of the other's names.
        await using var one = DicomServer.Start(new DicomServerOptions { Sink = new FolderSink(_folder.FullName) });
        await using var two = DicomServer.Start(new DicomServerOptions { Sink = new FolderSink(_folder.FullName) });
        DicomServer[] servers = [one, two, one];
        var callers = new List<RawCaller>();
        foreach (var server in servers)
            callers.Add(await AssociateAsync(server));
        foreach (var caller in callers)
            await caller.SendAsync(Command(3, Store("1.2.3")));
        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < callers.Count; i++)
                await callers[i].SendAsync(Piece(3, 0, [.. Enumerable.Repeat((byte)('A' + i), 1000)]));
        }
        await Eventually.HoldsAsync(() => _folder.GetFiles().Length == 3);
        for (var i = 0; i < callers.Count; i++)
        {
            await callers[i].SendAsync(Piece(3, 2, (byte)('A' + i)));
            Assert.Equal(DicomStatus.Success, (await callers[i].ReadResponseAsync()).Status);
            var text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Path.Combine(_folder.FullName, "1.2.3.dcm")));
            Assert.EndsWith(new string((char)('A' + i), 20_001), text, StringComparison.Ordinal);
            Assert.DoesNotContain(new string((char)('A' + (i + 1) % 3), 100), text, StringComparison.Ordinal);
        }
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public async Task Name_that_is_taken_by_a_folder_is_no_success()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "1.2.3.dcm"));
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new FolderSink(_folder.FullName) });
        using var caller = await AssociateAsync(server);
        await caller.SendAsync([.. Command(3, Store("1.2.3")), .. Piece(3, 2, s_dataset)]);
        Assert.Equal(DicomStatus.OutOfResources, (await caller.ReadResponseAsync()).Status);
        Assert.Empty(_folder.GetFiles());
        Assert.Equal(0, server.Instances);
    }

    [Fact]
    public async Task Folder_that_has_gone_is_no_success_and_ends_nothing()
    {
        var inner = Path.Combine(_folder.FullName, "inner");
        await using var server = DicomServer.Start(new DicomServerOptions { Sink = new FolderSink(inner) });
        using var caller = await AssociateAsync(server);
        Directory.Delete(inner);
        await caller.SendAsync([.. Command(3, Store("1.2.3")), .. Piece(3, 2, s_dataset)]);
        Assert.Equal(DicomStatus.OutOfResources, (await caller.ReadResponseAsync()).Status);
        Directory.CreateDirectory(inner);
        await caller.SendAsync(Command(3, Store("1.2.4")));
        await caller.SendAsync(Piece(3, 0, s_dataset));
        await Eventually.HoldsAsync(() => Directory.GetFiles(inner).Length == 1);
        Directory.Delete(inner, true);
        await caller.SendAsync(Piece(3, 2, s_dataset));
        Assert.Equal(DicomStatus.OutOfResources, (await caller.ReadResponseAsync()).Status);
        await caller.SendAsync(Command(1, Echo));
        Assert.Equal(DicomStatus.Success, (await caller.ReadResponseAsync()).Status);
    }

    private static async Task<int> RunAsync(string program, string arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }

    private sealed class FailingSink(string where, Func<Exception> failure) : StoreSink
    {
        private int _open;

        public bool Fails { get; set; } = true;
        public int Open => _open;

        public override StoreTarget Begin(string sopClassUid, string sopInstanceUid, string transferSyntaxUid, string callingAE)
        {
            ThrowAt("begin");
            Interlocked.Increment(ref _open);
            return new Target(this);
        }

        private void ThrowAt(string what)
        {
            if (Fails && where == what)
                throw failure();
        }

        private sealed class Target(FailingSink sink) : StoreTarget
        {
            public override void Write(ReadOnlySpan<byte> bytes) => sink.ThrowAt("write");
            public override void Complete() => sink.ThrowAt("complete");

            public override void Dispose()
            {
                Interlocked.Decrement(ref sink._open);
                base.Dispose();
            }
        }
    }
}
