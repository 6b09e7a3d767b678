using System.IO.Compression;
using FlywheelDicom.TestSupport;
using static FlywheelDicom.TestSupport.SyntheticInstance;

namespace FlywheelDicom.Unit.IO;

/// <summary>An element without VR in an explicit data set stops most readers: it leaves as UN, whose content is implicit (PS3.5 §6.2.2).</summary>
public sealed class BareElementTests
{
    private static byte[] Bare(uint tag, byte[] value, uint? length = null) =>
        [(byte)(tag >> 16), (byte)(tag >> 24), (byte)tag, (byte)(tag >> 8), .. BitConverter.GetBytes(length ?? (uint)value.Length), .. value];

    private static byte[] Unknown(uint tag, byte[] value, uint? length = null)
    {
        var bare = Bare(tag, value, length);
        return [.. bare[..4], (byte)'U', (byte)'N', 0, 0, .. bare[4..]];
    }

    private static byte[] Item(byte[] content, uint? length = null) => [0xFE, 0xFF, 0x00, 0xE0, .. BitConverter.GetBytes(length ?? (uint)content.Length), .. content];

    private static byte[] Sequence(byte[] items) => [0x08, 0x00, 0x40, 0x11, (byte)'S', (byte)'Q', 0, 0, .. BitConverter.GetBytes(items.Length), .. items];

    private static readonly byte[] s_end = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];

    /// <summary>Before and after.</summary>
    public static TheoryData<string, byte[], byte[]> Elements { get; } = new()
    {
        { "text", Bare(0x001021B0, "abcd"u8.ToArray()), Unknown(0x001021B0, "abcd"u8.ToArray()) },
        { "text of odd length", Bare(0x001021B0, "abc"u8.ToArray()), Unknown(0x001021B0, "abc "u8.ToArray()) },
        { "a private sequence", Bare(0x00111001, [.. Item(Bare(0x00100020, "ID"u8.ToArray())), .. s_end], uint.MaxValue), Unknown(0x00111001, [.. Item(Bare(0x00100020, "ID"u8.ToArray())), .. s_end], uint.MaxValue) },
        { "a known sequence with an odd value", Bare(0x00101002, Item(Bare(0x00100020, "ID3"u8.ToArray()))), Unknown(0x00101002, Item(Bare(0x00100020, "ID3 "u8.ToArray()))) },
        { "text of odd length within an item", Sequence(Item(Bare(0x001021B0, "abc"u8.ToArray()))), Sequence(Item(Unknown(0x001021B0, "abc "u8.ToArray()))) },
        { "within an item", Sequence(Item(Bare(0x001021B0, "abcd"u8.ToArray()))), Sequence(Item(Unknown(0x001021B0, "abcd"u8.ToArray()))) },
    };

    [Theory, MemberData(nameof(Elements))]
    public void Leaves_as_UN(string what, byte[] before, byte[] after)
    {
        foreach (var syntax in new[] { Explicit, Deflated })
        {
            var file = MemorySource.Read(With(syntax, before))!;
            Assert.True(file.Problem is null, $"{what}: {file.Problem}");
            file.AddPrivateValue(new PrivateValue(0x0021, "Flywheel", "DICOM send"));
            var expected = MemorySource.Read(With(Explicit, after))!;
            expected.AddPrivateValue(new PrivateValue(0x0021, "Flywheel", "DICOM send"));
            using var plain = file.OpenDataset();
            var sent = syntax == Deflated ? new DeflateStream(plain, CompressionMode.Decompress).ReadAll() : plain.ReadAll();
            Assert.Equal(Convert.ToHexString(expected.OpenDataset().ReadAll()), Convert.ToHexString(sent));
        }
    }

    [Fact]
    public void In_Big_Endian_is_told()
    {
        var file = MemorySource.Read(With(BigEndian, [0x00, 0x10, 0x21, 0xB0, 0, 0, 0, 4, .. "abcd"u8]))!;
        Assert.Equal("(0010,21B0) has no valid VR, and no length that fits what follows.", file.Problem);
    }

    private static byte[] With(string syntax, byte[] element)
    {
        var framing = syntax == Deflated ? Explicit : syntax;
        var whole = new SyntheticInstance { TransferSyntax = framing, StatedTransferSyntax = syntax }.ToArray();
        var start = 144 + BitConverter.ToInt32(whole, 140);
        var dataset = whole.AsSpan(start);
        var at = dataset.IndexOf(Encode(SyntheticElement.Text(0x00100010, "PN", "SYNTHETIC^SUBJECT"), isExplicit: true, bigEndian: framing == BigEndian));
        byte[] changed = [.. dataset[..at], .. element, .. dataset[at..]];
        if (syntax == Deflated)
        {
            var target = new MemoryStream();
            using (var deflate = new DeflateStream(target, CompressionLevel.Fastest, leaveOpen: true))
                deflate.Write(changed);
            changed = [.. target.ToArray(), .. new byte[target.Length % 2]];
        }
        return [.. whole[..start], .. changed];
    }
}
