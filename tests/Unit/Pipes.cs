using System.Diagnostics;

namespace FlywheelDicom.Unit;

/// <summary>Named pipes of the file system, which .NET cannot make.</summary>
internal static class Pipes
{
    public static void Make(string path)
    {
        using var process = Process.Start("mkfifo", [path]);
        Assert.True(process.WaitForExit(10_000) && process.ExitCode == 0);
    }
}

/// <summary>A fact about Unix.</summary>
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "There are no such files on Windows." : null;
}
