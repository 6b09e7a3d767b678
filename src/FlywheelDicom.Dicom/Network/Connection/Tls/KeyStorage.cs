using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>Where the platform keeps the private key of a certificate from a file.</summary>
internal static class KeyStorage
{
    public static X509KeyStorageFlags Flags { get; } = FlagsFor(
        OperatingSystem.IsWindows() ? OSPlatform.Windows : OperatingSystem.IsMacOS() ? OSPlatform.OSX : OSPlatform.Linux);

    /// <summary>
    /// In memory only, except on Windows, which cannot use such a key for TLS, and on macOS, which cannot make one.
    /// </summary>
    public static X509KeyStorageFlags FlagsFor(OSPlatform platform)
        => platform == OSPlatform.Windows || platform == OSPlatform.OSX ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet;
}
