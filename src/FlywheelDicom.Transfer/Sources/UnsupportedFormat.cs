using System.Buffers.Binary;
using System.Text.RegularExpressions;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>Archives that are recognized but not supported, and their names.</summary>
internal static partial class UnsupportedFormat
{
    /// <summary>The position of the mark in an ISO 9660 image (ECMA-119 §8.1).</summary>
    public const int DiscMarkPosition = 0x8001;
    public static ReadOnlySpan<byte> DiscMark => "CD001"u8;
    public const string Disc = "a disc image (ISO 9660)";
    public const string PartMessage = "It is one part of a split archive, which is not supported. Put its parts together first.";

    /// <summary>The format by the first bytes; null for none of these.</summary>
    public static string? Of(ReadOnlySpan<byte> head)
    {
        if (head.Length < 8)
            return null;
        if (head.StartsWith("Rar!\u001A\u0007"u8))
            return "a RAR archive";
        if (head.StartsWith("LZIP"u8))
            return "an lzip file";
        if (head.StartsWith("MSCF\0\0\0\0"u8))
            return "a cabinet (CAB)";
        if (head.StartsWith("xar!"u8))
            return "a XAR archive";
        if (head.StartsWith("MSWIM\0\0\0"u8))
            return "a Windows image (WIM)";
        if (head.StartsWith("!<arch>\n"u8))
            return "an ar archive";
        if (head.StartsWith("070707"u8) || head.StartsWith("070701"u8) || head.StartsWith("070702"u8))
            return "a cpio archive";
        if (head.Slice(2, 3).SequenceEqual("-lh"u8) && head[6] == '-')
            return "an LHA archive";
        if (head.Length > 14 && head.Slice(7, 7).SequenceEqual("**ACE**"u8))
            return "an ACE archive";
        if (head.StartsWith("StuffIt "u8) || head.StartsWith("SIT!"u8))
            return "a StuffIt archive";
        if (head.StartsWith<byte>([0x89, (byte)'L', (byte)'Z', (byte)'O', 0, 0x0D, 0x0A, 0x1A]))
            return "an lzop file";
        return BinaryPrimitives.ReadUInt32LittleEndian(head) switch
        {
            0x184D2204 or 0x184C2102 => "an LZ4 file",
            _ when head[0] == 0x1F && head[1] == 0x9D => "a file of 'compress' (.Z)",
            _ when head[0] == 0x1F && head[1] is 0xA0 or 0x1E => "a file of 'pack' (.z)",
            _ when IsLzma(head) => "an LZMA file (.lzma)",
            _ => null,
        };
    }

    /// <summary>A self-extracting program: its archive begins in the first megabyte. Null for others.</summary>
    public static string? OfProgram(ReadOnlySpan<byte> head, Stream file)
    {
        if (!head.StartsWith("MZ"u8) && !head.StartsWith("\u007FELF"u8))
            return null;
        var start = new byte[1 << 20];
        file.Position = 0;
        var bytes = start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
        // The mark with a version. The mark alone may be a constant of a program that unpacks archives.
        if (bytes.IndexOf((ReadOnlySpan<byte>)[(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C, 0]) >= 0)
            return "a self-extracting 7z archive";
        return bytes.IndexOf("Rar!\u001A\u0007\0"u8) >= 0 || bytes.IndexOf("Rar!\u001A\u0007\u0001\0"u8) >= 0 ? "a self-extracting RAR archive" : null;
    }

    /// <summary>Whether the name is that of a part of a split archive. Later parts have no mark.</summary>
    public static bool IsPart(string name) => Part().IsMatch(name);

    /// <summary>Whether the name is that of an archive. If it is damaged at its start, it has no mark.</summary>
    public static bool IsNamedArchive(string name) => Named().IsMatch(name);

    /// <summary>The header has no mark. It is recognized by a usual setting, a usual size of the dictionary, and a possible length.</summary>
    private static bool IsLzma(ReadOnlySpan<byte> head)
    {
        if (head.Length < 14 || head[0] != 0x5D || head[13] != 0)
            return false;
        var dictionary = BinaryPrimitives.ReadUInt32LittleEndian(head[1..]);
        var length = BinaryPrimitives.ReadInt64LittleEndian(head[5..]);
        return dictionary >= 4096 && (dictionary & (dictionary - 1)) == 0 && length is -1 or (> 0 and < 1L << 38);
    }

    [GeneratedRegex(@"\.(z\d\d|r\d\d|part\d+\.rar|(zip|7z|rar|tar|tgz|tbz2?|txz|gz|bz2|xz|zst)\.\d{2,3})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Part();

    [GeneratedRegex(@"\.(zip|7z|rar|tar|tgz|tbz2?|txz|tzst|tar\.(gz|bz2|xz|zst|lz4?|lzma|Z)|zipx|cab|iso|lz4|lzma|lzh|ace|arj)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Named();
}
