using FlywheelDicom.IO;

namespace FlywheelDicom.Unit.IO;

/// <summary>Tags, VRs and lengths, byte by byte (PS3.5 §7.1).</summary>
public sealed class ElementHeaderTests
{
    private static readonly DicomTag s_tag = new(0x0102, 0x0304);

    private static ElementEncoding Encoding(string name) => name switch
    {
        "implicit" => ElementEncoding.ImplicitLittleEndian, "explicit" => ElementEncoding.ExplicitLittleEndian, _ => ElementEncoding.ExplicitBigEndian,
    };

    [Theory]
    [InlineData("implicit", "LO", 0x0A0B0C0Du, "0201 0403 0D0C0B0A")]
    [InlineData("implicit", "OB", 0x0A0B0C0Du, "0201 0403 0D0C0B0A")]
    [InlineData("explicit", "LO", 0x0A0Bu, "0201 0403 4C4F 0B0A")]
    [InlineData("explicit", "OB", 0x0A0B0C0Du, "0201 0403 4F42 0000 0D0C0B0A")]
    [InlineData("big", "LO", 0x0A0Bu, "0102 0304 4C4F 0A0B")]
    [InlineData("big", "OB", 0x0A0B0C0Du, "0102 0304 4F42 0000 0A0B0C0D")]
    public void Header_has_these_bytes(string encoding, string vr, uint length, string expected)
    {
        var target = Enumerable.Repeat((byte)0xEE, 14).ToArray();
        var written = ElementHeader.Write(target, s_tag, DicomVR.Parse(vr), length, Encoding(encoding));
        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(target[..written]));
        Assert.All(target[written..], b => Assert.Equal(0xEE, b));
        Assert.Equal(written, ElementHeader.Size(Encoding(encoding), DicomVR.Parse(vr)));
    }

    [Theory]
    [InlineData("implicit", "0201 0403 0D0C0B0A")]
    [InlineData("explicit", "0201 0403 0D0C0B0A")]
    [InlineData("big", "0102 0304 0A0B0C0D")]
    public void Delimiter_has_no_VR_in_any_encoding(string encoding, string expected)
    {
        var target = new byte[12];
        Assert.Equal(8, ElementHeader.WriteDelimiter(target, s_tag, 0x0A0B0C0D, Encoding(encoding)));
        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(target[..8]));
    }

    [Theory]
    [InlineData("implicit")]
    [InlineData("explicit")]
    [InlineData("big")]
    public void Identifier_is_written_element_by_element(string encoding)
    {
        var writer = new DatasetWriter(Encoding(encoding));
        writer.UI(new DicomTag(8, 0x18), "1.2");
        writer.UI(new DicomTag(8, 0x1150), null);
        writer.CS(new DicomTag(8, 0x52), "IMAGE");
        writer.SQ(new DicomTag(8, 0x1199), ["1.22", "3"], (item, uid) => item.UI(new DicomTag(8, 0x1155), uid));
        var expected = encoding switch
        {
            "implicit" => "08001800 04000000 312E3200" + "08005011 00000000" + "08005200 06000000 494D41474520"
                + "08009911 26000000" + "FEFF00E0 0C000000 08005511 04000000 312E3232" + "FEFF00E0 0A000000 08005511 02000000 3300",
            "explicit" => "08001800 55490400 312E3200" + "08005011 55490000" + "08005200 43530600 494D41474520"
                + "08009911 53510000 26000000" + "FEFF00E0 0C000000 08005511 55490400 312E3232" + "FEFF00E0 0A000000 08005511 55490200 3300",
            _ => "00080018 55490004 312E3200" + "00081150 55490000" + "00080052 43530006 494D41474520"
                + "00081199 53510000 00000026" + "FFFEE000 0000000C 00081155 55490004 312E3232" + "FFFEE000 0000000A 00081155 55490002 3300",
        };
        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(writer.ToArray()));
    }

    [Theory]
    [InlineData(1, "010203040506")]
    [InlineData(2, "020104030605")]
    [InlineData(4, "040302010506")]
    [InlineData(8, "010203040506")]
    public void Numbers_of_a_value_are_swapped_whole(int unit, string expected)
    {
        byte[] value = [1, 2, 3, 4, 5, 6];
        ElementEncoding.SwapBytes(value, unit);
        Assert.Equal(expected, Convert.ToHexString(value));
    }
}
