using System.Runtime.InteropServices;
using System.Text;

namespace FlywheelDicom.IO;

/// <summary>
/// Recognizes pipes, sockets and devices without opening them. To open one may wait without end, or have an effect.
/// </summary>
internal static class SpecialFile
{
    private const int TypeMask = 0xF000;
    private const int StatusSize = 512;

    /// <summary>
    /// "a named pipe", "a socket" or "a device". Null for a file or a folder, and if there is nothing or it cannot be seen. Links are
    /// followed.
    /// </summary>
    public static string? KindOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        // NUL, CON and others have this form when they are resolved. Pipes always have it.
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
    /// The stat of .NET's native library. The public classes do not give the type: for them a pipe is a normal file of zero bytes. The library
    /// returns the same structure on all systems, flags and mode first. That of libc differs.
    /// </summary>
    [DllImport("libSystem.Native", EntryPoint = "SystemNative_Stat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int Stat(byte[] path, [Out] byte[] status);
}
