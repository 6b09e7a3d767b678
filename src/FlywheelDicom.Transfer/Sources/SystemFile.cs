namespace FlywheelDicom.Transfer.Sources;

/// <summary>Files that an operating system adds to folders by itself, such as .DS_Store. They are left out and not counted.</summary>
internal static class SystemFile
{
    /// <param name="name">Its path.</param>
    /// <param name="head">Its first bytes. It is known that they are not DICOM.</param>
    public static bool IsOne(string name, ReadOnlySpan<byte> head)
    {
        var parts = name.Split('/', '\\');
        var leaf = parts[^1];
        return leaf.ToUpperInvariant() is ".DS_STORE" or "THUMBS.DB" or "DESKTOP.INI" or "EHTHUMBS.DB"
            || Array.IndexOf(parts, "__MACOSX") >= 0
            // AppleDouble: attributes of a file, which macOS stores where the file system cannot (RFC 1740).
            || (leaf.StartsWith("._", StringComparison.Ordinal) && (head.IsEmpty || head.StartsWith<byte>([0x00, 0x05, 0x16, 0x07])));
    }
}
