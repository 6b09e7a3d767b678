namespace FlywheelDicom.Transfer.Sources;

/// <summary>Files that an operating system adds beside those of a person: nobody misses them, and they are not counted.</summary>
internal static class SystemDropping
{
    /// <param name="name">Its path.</param>
    /// <param name="head">Its first bytes, which are not DICOM.</param>
    public static bool Is(string name, ReadOnlySpan<byte> head)
    {
        var parts = name.Split('/', '\\');
        var leaf = parts[^1];
        return leaf.ToUpperInvariant() is ".DS_STORE" or "THUMBS.DB" or "DESKTOP.INI" or "EHTHUMBS.DB"
            || Array.IndexOf(parts, "__MACOSX") >= 0
            // AppleDouble: what a Mac keeps of a file where the disk cannot (RFC 1740).
            || (leaf.StartsWith("._", StringComparison.Ordinal) && (head.IsEmpty || head.StartsWith<byte>([0x00, 0x05, 0x16, 0x07])));
    }
}
