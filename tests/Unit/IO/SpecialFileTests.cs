using System.Net.Sockets;
using FlywheelDicom.IO;

namespace FlywheelDicom.Unit.IO;

public sealed class SpecialFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fwdicom-test");

    public void Dispose() => _folder.Delete(true);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    [Fact]
    public void Files_folders_and_what_is_not_there_are_nothing_special()
    {
        File.WriteAllText(At("file"), "x");
        Assert.Null(SpecialFile.KindOf(At("file")));
        Assert.Null(SpecialFile.KindOf(_folder.FullName));
        Assert.Null(SpecialFile.KindOf(At("nothing")));
        Assert.Null(SpecialFile.KindOf(At("file") + "/below"));
        Assert.Null(SpecialFile.KindOf(""));
    }

    [UnixFact]
    public void Pipe_socket_and_device_are_told_without_opening_them_and_through_links()
    {
        Pipes.Make(At("pipe"));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(At("socket")));
        File.CreateSymbolicLink(At("link"), At("pipe"));
        File.CreateSymbolicLink(At("nowhere"), At("gone"));
        File.CreateSymbolicLink(At("circle"), At("circle"));
        Assert.Equal("a named pipe", SpecialFile.KindOf(At("pipe")));
        Assert.Equal("a named pipe", SpecialFile.KindOf(At("link")));
        Assert.Equal("a socket", SpecialFile.KindOf(At("socket")));
        Assert.Equal("a device", SpecialFile.KindOf("/dev/null"));
        Assert.Equal("a device", SpecialFile.KindOf("/dev/zero"));
        Assert.Null(SpecialFile.KindOf(At("nowhere")));
        Assert.Null(SpecialFile.KindOf(At("circle")));
    }
}
