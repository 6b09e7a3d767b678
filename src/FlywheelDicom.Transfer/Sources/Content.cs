using System.Buffers.Binary;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>Finds out from the first bytes of a file what it is. Its name is not used.</summary>
internal static class Content
{
    /// <summary>The number of first bytes that are needed: a tar header is one block.</summary>
    public const int HeadSize = TarHeader.Size;

    public static ContentKind Of(ReadOnlySpan<byte> head)
    {
        // The preamble of a DICOM file may be anything, even the header of an archive, so DICM is looked for first (PS3.10 §7.1).
        if (head.Length >= 132 && head.Slice(128, 4).SequenceEqual("DICM"u8))
            return ContentKind.Dicom;
        if (head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith("PK\u0005\u0006"u8) || head.StartsWith("PK\u0007\u0008"u8))
            return ContentKind.Zip;
        if (head.Length > 2 && head[0] == 0x1F && head[1] == 0x8B && head[2] == 8)
            return ContentKind.Gzip;
        // A block, or the end of an empty file.
        if (head.StartsWith("BZh"u8) && head.Length > 9
            && (head[4..].StartsWith<byte>([0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) || head[4..].StartsWith<byte>([0x17, 0x72, 0x45, 0x38, 0x50, 0x90])))
            return ContentKind.Bzip2;
        if (head.StartsWith<byte>([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]))
            return ContentKind.Xz;
        if (head.Length >= 4 && IsZstandard(BinaryPrimitives.ReadUInt32LittleEndian(head)))
            return ContentKind.Zstandard;
        if (head.StartsWith<byte>([(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C]))
            return ContentKind.SevenZip;
        // Old tars have no magic.
        return head.Length >= TarHeader.Size && head[0] != 0 && new TarHeader(head).AddsUp ? ContentKind.Tar : ContentKind.Other;
    }

    public static bool IsArchive(ContentKind kind) => kind is not (ContentKind.Other or ContentKind.Dicom);

    /// <summary>A frame, or a skippable frame: files that were written by several threads begin with one (RFC 8878 §3.1).</summary>
    private static bool IsZstandard(uint magic) => magic == 0xFD2FB528 || (magic & 0xFFFFFFF0) == 0x184D2A50;
}
