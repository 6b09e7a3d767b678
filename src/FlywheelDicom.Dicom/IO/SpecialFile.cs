using System.Runtime.InteropServices;
using System.Text;

namespace FlywheelDicom.IO;

/// <summary>
/// Tells pipes, sockets and devices from files without opening them: opening one may wait for ever, or have an effect.
/// </summary>
internal static class SpecialFile
{
    private const int TypeMask = 0xF000;
    private const int StatusSize = 512;

    /// <summary>
    /// What stands at a path where it is no file: "a named pipe", "a socket" or "a device". Null for a file, for a folder, and
    /// where nothing is or can be seen. Links are followed.
    /// </summary>
    public static string? KindOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        // NUL, CON and the like have this form once they are resolved, and pipes always.
        if (OperatingSystem.IsWindows())
            return Path.GetFullPath(path).StartsWith(@"\\.\", StringComparison.Ordinal) ? "a device" : null;
        var status = new byte[StatusSize];
        if (Stat(Encoding.UTF8.GetBytes(path + '\0'), status) != 0)
            return null;
        return (BitConverter.ToInt32(status, sizeof(int)) & TypeMask) switch
        {
            0x1000 => "a named pipe",
            0x2000 or 0x6000 => "a device",
            0xC000 => "a socket",
            _ => null,
        };
    }

    /// <summary>
    /// The platform's own stat. .NET tells this type nowhere: to it a pipe is a normal file of no bytes. The platform's library
    /// lays the answer out alike on all systems, flags and mode first; libc's differs with each.
    /// </summary>
    [DllImport("libSystem.Native", EntryPoint = "SystemNative_Stat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int Stat(byte[] path, [Out] byte[] status);
}
