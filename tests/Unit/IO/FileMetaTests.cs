using System.Text;
using FlywheelDicom.IO;

namespace FlywheelDicom.Unit.IO;

public sealed class FileMetaTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("SENDER")]
    [InlineData("ODD")]
    public void Meta_information_has_these_bytes(string? sourceAE)
    {
        byte[] body =
        [
            .. Element(1, "OB", [0, 1], isLong: true), .. Element(2, "UI", Ascii("1.2.34")), .. Element(3, "UI", Ascii("1.2.3\0")), .. Element(0x10, "UI", Ascii("1.2\0")),
            .. Element(0x12, "UI", Ascii(DicomUID.ImplementationClass, '\0')), .. Element(0x13, "SH", Ascii(DicomUID.ImplementationVersion, ' ')),
            .. string.IsNullOrEmpty(sourceAE) ? [] : Element(0x16, "AE", Ascii(sourceAE, ' ')),
        ];
        byte[] expected = [.. new byte[128], .. "DICM"u8, .. Element(0, "UL", BitConverter.GetBytes(body.Length)), .. body];
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(FileMeta.Write("1.2.34", "1.2.3", "1.2", sourceAE)));
    }

    private static byte[] Ascii(string text, char padding = '\0') => Encoding.ASCII.GetBytes(text.Length % 2 == 0 ? text : text + padding);

    private static byte[] Element(byte element, string vr, byte[] value, bool isLong = false)
        => [2, 0, element, 0, .. Encoding.ASCII.GetBytes(vr), .. isLong ? [0, 0, (byte)value.Length, 0, 0, 0] : (byte[])[(byte)value.Length, 0], .. value];
}
