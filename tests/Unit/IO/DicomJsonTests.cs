using System.Text.Json.Nodes;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.IO;

public sealed class DicomJsonTests
{
    private static JsonNode Json(params SyntheticElement[] extra)
    {
        var bytes = new SyntheticInstance { Extra = extra, HasGroupLengths = true }.ToArray();
        var file = DicomFile.Read(new MemorySource(bytes), "x", new DicomOrigin { FileName = "x" })!;
        return JsonNode.Parse(DicomJson.Serialize(file.Dataset))!;
    }

    [Theory]
    [InlineData(0x00080020, "DA", "20240131", """{"vr":"DA","Value":["20240131"]}""")]
    [InlineData(0x00100010, "PN", "Yamada^Tarou=A^B=C^D", """{"vr":"PN","Value":[{"Alphabetic":"Yamada^Tarou","Ideographic":"A^B","Phonetic":"C^D"}]}""")]
    [InlineData(0x00080008, "CS", "ORIGINAL\\\\AXIAL", """{"vr":"CS","Value":["ORIGINAL",null,"AXIAL"]}""")]
    [InlineData(0x00200013, "IS", "12 ", """{"vr":"IS","Value":[12]}""")]
    [InlineData(0x00280030, "DS", "0.5\\0.25", """{"vr":"DS","Value":[0.5,0.25]}""")]
    [InlineData(0x00280030, "DS", "none", """{"vr":"DS","Value":["none"]}""")]
    [InlineData(0x00080020, "DA", "20240131\\ 20240201", """{"vr":"DA","Value":["20240131","20240201"]}""")]
    [InlineData(0x00104000, "LT", " a", """{"vr":"LT","Value":[" a"]}""")]
    [InlineData(0x00100010, "PN", "=A^B", """{"vr":"PN","Value":[{"Ideographic":"A^B"}]}""")]
    [InlineData(0x00080005, "CS", "ISO_IR 100", """{"vr":"CS","Value":["ISO_IR 192"]}""")]
    [InlineData(0x00104000, "LT", "a\\b", """{"vr":"LT","Value":["a\\b"]}""")]
    [InlineData(0x00080090, "PN", "", """{"vr":"PN"}""")]
    public void Text_is_written_as_the_model_says(uint tag, string vr, string value, string expected)
        => Assert.Equal(expected, Json(SyntheticElement.Text(tag, vr, value))[tag.ToString("X8", null)]!.ToJsonString());

    public static TheoryData<uint, string, byte[], string> Numbers => new()
    {
        { 0x00181271, "FD", BitConverter.GetBytes(1.5), "[1.5]" },
        { 0x00181271, "FD", BitConverter.GetBytes(double.MaxValue), "[1.7976931348623157E\\u002B308]" },
        { 0x00181271, "FD", BitConverter.GetBytes(double.MinValue), "[-1.7976931348623157E\\u002B308]" },
        { 0x00181271, "FD", BitConverter.GetBytes(double.PositiveInfinity), """["Infinity"]""" },
        { 0x00181271, "FD", BitConverter.GetBytes(double.NegativeInfinity), """["-Infinity"]""" },
        { 0x00189316, "FL", BitConverter.GetBytes(1.5f), "[1.5]" },
        { 0x00189316, "FL", BitConverter.GetBytes(float.MaxValue), "[3.4028235E\\u002B38]" },
        { 0x00189316, "FL", BitConverter.GetBytes(float.MinValue), "[-3.4028235E\\u002B38]" },
        { 0x00189316, "FL", BitConverter.GetBytes(float.NaN), """["NaN"]""" },
        { 0x00189316, "FL", BitConverter.GetBytes(float.PositiveInfinity), """["Infinity"]""" },
        { 0x00189316, "FL", BitConverter.GetBytes(float.NegativeInfinity), """["-Infinity"]""" },
        { 0x7FE00003, "UV", BitConverter.GetBytes(ulong.MaxValue), "[18446744073709551615]" },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Numbers_of_any_size_are_written(uint tag, string vr, byte[] value, string expected)
    {
        var bytes = new SyntheticInstance { HasPixelData = false, Extra = [SyntheticElement.Bytes(tag, vr, value)] }.ToArray();
        var json = JsonNode.Parse(DicomJson.Serialize(MemorySource.Read(bytes)!.Dataset))!;
        Assert.Equal(expected.Replace("\\u002B", "+", StringComparison.Ordinal), json[tag.ToString("X8", null)]!["Value"]!.ToJsonString().Replace("\\u002B", "+", StringComparison.Ordinal));
        Assert.Throws<ArgumentNullException>(() => DicomJson.Serialize(null!));
    }

    [Fact]
    public void Numbers_tags_bytes_and_sequences_are_written_as_the_model_says()
    {
        var json = Json(
            SyntheticElement.UInt16(0x00280010, 512),
            SyntheticElement.Bytes(0x00186020, "SL", [0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0]),
            SyntheticElement.Bytes(0x00280009, "AT", [0x18, 0x00, 0x63, 0x10]),
            SyntheticElement.Bytes(0x00181271, "FD", BitConverter.GetBytes(double.NaN)),
            SyntheticElement.Bytes(0x00211001, "OB", [1, 2, 3, 4]),
            new SyntheticElement(0x00081140, "SQ", new[] { new[] { SyntheticElement.Text(0x00081155, "UI", "1.2.3") } }));
        Assert.Equal("""{"vr":"US","Value":[512]}""", json["00280010"]!.ToJsonString());
        Assert.Equal("""{"vr":"SL","Value":[-1,2]}""", json["00186020"]!.ToJsonString());
        Assert.Equal("""{"vr":"AT","Value":["00181063"]}""", json["00280009"]!.ToJsonString());
        Assert.Equal("""{"vr":"FD","Value":["NaN"]}""", json["00181271"]!.ToJsonString());
        Assert.Equal("""{"vr":"OB","InlineBinary":"AQIDBA=="}""", json["00211001"]!.ToJsonString());
        Assert.Equal("""{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["1.2.3"]}}]}""", json["00081140"]!.ToJsonString());
        Assert.DoesNotContain(json.AsObject(), member => member.Key.EndsWith("0000", StringComparison.Ordinal));
    }
}
