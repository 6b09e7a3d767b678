using System.Runtime.InteropServices;
using System.Text;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// What a journal may be: a file. A folder, a pipe, a socket or a device is refused before it is opened, since a pipe would wait for a
/// writer without end and some devices give bytes without end. .NET 8 does not tell the type of what has a name; its own native part does.
/// </summary>
internal static class JournalPath
{
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;

    /// <summary>Of the runtime's own stat: flags, then the mode, then more than this needs.</summary>
    private const int ModeOffset = 4;
    private const int StatusLength = 256;

    /// <exception cref="JournalException">There is something else than a file.</exception>
    public static void RequireFile(string path)
    {
        if (Directory.Exists(path))
            throw Unusable(path, "a folder");
        if (OperatingSystem.IsWindows())
            return;
        var status = new byte[StatusLength];
        if (Stat(Encoding.UTF8.GetBytes(path + '\0'), status) != 0)
            return;
        if ((BitConverter.ToInt32(status, ModeOffset) & TypeMask) is not (RegularFile or Folder))
            throw Unusable(path, "a pipe, a socket or a device");
    }

    private static JournalException Unusable(string path, string what)
        => new("JournalUnusable", $"The journal '{path}' is {what}. Give the name of a file, which need not be there yet.");

#pragma warning disable SYSLIB1054 // What is generated in its place is unsafe code, which this assembly does not allow.
    [DllImport("libSystem.Native", EntryPoint = "SystemNative_Stat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Stat(byte[] path, byte[] status);
#pragma warning restore SYSLIB1054
}
