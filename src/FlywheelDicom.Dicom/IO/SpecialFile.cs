using System.Runtime.InteropServices;
using System.Text;

namespace FlywheelDicom.IO;

/// <summary>Pipes, sockets and devices: what has a name among files, and must not be opened as one.</summary>
internal static class SpecialFile
{
    private const int FormatMask = 0xF000;
    private const int Regular = 0x8000;
    private const int Folder = 0x4000;
    private const int ModeOffset = 4;

    /// <summary>Whether the path, links followed, is there and is neither a file nor a folder. Nothing is opened.</summary>
    public static bool Is(string path)
    {
        if (OperatingSystem.IsWindows())
            return false;
        // The runtime's own stat: flags, then the mode, then more than this needs.
        var status = new byte[256];
        if (Stat(Encoding.UTF8.GetBytes(path + '\0'), status) != 0)
            return false;
        return (BitConverter.ToInt32(status, ModeOffset) & FormatMask) is not (Regular or Folder);
    }

#pragma warning disable SYSLIB1054 // What is generated in its place is unsafe code, which this assembly does not allow.
    [DllImport("libSystem.Native", EntryPoint = "SystemNative_Stat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Stat(byte[] path, byte[] status);
#pragma warning restore SYSLIB1054
}
