using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>A path as PowerShell reads it: relative to its location, and with its drives.</summary>
/// <param name="FullPath">As the provider has it.</param>
/// <param name="Provider">The provider's name.</param>
internal readonly record struct ProviderPath(string FullPath, string Provider)
{
    /// <summary>It is in the file system. What another provider calls a path would be taken for a file beside the process.</summary>
    public bool IsFile => Provider == "FileSystem";

    /// <summary>Wildcards are taken as they stand; nothing need exist there.</summary>
    /// <exception cref="System.Management.Automation.DriveNotFoundException">No such drive.</exception>
    /// <exception cref="ProviderNotFoundException">No such provider.</exception>
    public static ProviderPath Resolve(PathIntrinsics paths, string path)
    {
        var resolved = paths.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
        return new ProviderPath(resolved, provider.Name);
    }
}
