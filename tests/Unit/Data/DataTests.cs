using System.Text;

namespace FlywheelDicom.Unit.Data;

public class DataTests
{
    [Theory]
    [InlineData("PatientName", 0x00100010u)]
    [InlineData("patientname", 0x00100010u)]
    [InlineData("(0010,0010)", 0x00100010u)]
    [InlineData("0010,0020", 0x00100020u)]
    [InlineData("7FE00010", 0x7FE00010u)]
    [InlineData("0x7fe00010", 0x7FE00010u)]
    public void Tag_is_read_in_all_its_forms(string text, uint expected) => Assert.Equal(new DicomTag(expected), DicomTag.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("PatientNome")]
    [InlineData("(0010-0010)")]
    [InlineData("0010,001")]
    public void Tag_that_is_none_is_refused(string text) => Assert.Throws<FormatException>(() => DicomTag.Parse(text));

    // PS3.5 table 6.2-1 and §7.1.2.
    [Theory]
    [InlineData("AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US", false)]
    [InlineData("OB OD OF OL OV OW SQ SV UC UN UR UT UV ZZ", true)]
    public void VR_has_the_header_that_the_standard_gives_it(string codes, bool isLong)
        => Assert.All(codes.Split(' '), code => Assert.Equal(isLong, DicomVR.Parse(code).IsLongForm));

    [Theory]
    [InlineData("AT US SS OW", 2)]
    [InlineData("UL SL FL OF OL", 4)]
    [InlineData("FD OD OV SV UV", 8)]
    [InlineData("LO OB UN UI PN", 1)]
    public void VR_swaps_in_its_unit(string codes, int unit)
        => Assert.All(codes.Split(' '), code => Assert.Equal(unit, DicomVR.Parse(code).UnitSize));

    [Theory]
    [InlineData("1.2.840.10008.1.1", true)]
    [InlineData("0.1", true)]
    [InlineData("1.02", false)]
    [InlineData("1..2", false)]
    [InlineData("1.2.", false)]
    [InlineData(".1", false)]
    [InlineData("1.2a", false)]
    [InlineData("", false)]
    [InlineData("1.23456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("1.234567890123456789012345678901234567890123456789012345678901234", false)]
    public void UID_is_checked_by_the_rules(string uid, bool valid) => Assert.Equal(valid, DicomUID.IsValid(uid));

    [Fact]
    public void Generated_UIDs_are_valid_and_differ()
    {
        var uids = Enumerable.Range(0, 1000).Select(_ => DicomUID.Generate()).ToHashSet();
        Assert.Equal(1000, uids.Count);
        Assert.All(uids, u => Assert.True(DicomUID.IsValid(u), u));
    }

    [Theory]
    [InlineData("00100010", "PatientName", "PN", "1")]
    [InlineData("0040A730", "ContentSequence", "SQ", "1")]
    [InlineData("00280106", "SmallestImagePixelValue", "US", "1")]
    [InlineData("7FE00001", "ExtendedOffsetTable", "OV", "1")]
    [InlineData("00281201", "RedPaletteColorLookupTableData", "OW", "1")]
    public void Dictionary_knows_the_standard(string tag, string keyword, string vr, string vm)
    {
        var entry = DicomDictionary.Lookup(DicomTag.Parse(tag));
        Assert.Equal((keyword, vr, vm), (entry!.Keyword, entry.VR.Code, entry.VM));
    }

    [Theory]
    [InlineData("60023000", "OverlayData")]
    [InlineData("50020010", "NumberOfPoints")]
    [InlineData("00203142", "SourceImageIDs")]
    public void Dictionary_knows_repeating_groups(string tag, string keyword) => Assert.Equal(keyword, DicomDictionary.Lookup(DicomTag.Parse(tag))!.Keyword);

    [Fact]
    public void Dictionary_is_complete_and_has_no_private_tag()
    {
        Assert.True(DicomDictionary.Keywords.Count() > 5000);
        Assert.All(DicomDictionary.Keywords, k => Assert.False(DicomTag.Parse(k).IsPrivate));
        Assert.True(DicomDictionary.Uids.Count(u => u.Kind == "SOP Class" && u.Name.Contains("Storage", StringComparison.Ordinal)) > 150);
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2", false, false, false, false)]
    [InlineData("1.2.840.10008.1.2.1", true, false, false, false)]
    [InlineData("1.2.840.10008.1.2.1.99", true, false, true, false)]
    [InlineData("1.2.840.10008.1.2.2", true, true, false, false)]
    [InlineData("1.2.840.10008.1.2.4.90", true, false, false, true)]
    [InlineData("1.2.840.10008.1.2.4.95", true, false, true, true)]
    [InlineData("1.2.840.113619.5.2", false, false, false, false)]
    [InlineData("1.2.3.4", true, false, false, true)]
    public void Transfer_syntax_tells_its_encoding(string uid, bool isExplicit, bool big, bool deflated, bool encapsulated)
    {
        var syntax = DicomTransferSyntax.Lookup(uid);
        Assert.Equal((isExplicit, big, deflated, encapsulated), (syntax.IsExplicit, syntax.IsBigEndian, syntax.IsDeflated, syntax.IsEncapsulated));
    }

    // Byte examples of PS3.5 Annexes H, I and J and of PS3.3 §C.12.1.1.2.
    [Theory]
    [InlineData("ISO_IR 100", "4275C36E675E4AF672672020", "BuÃng^Jörg")]
    [InlineData("", "5961 6D61 6461", "Yamada")]
    [InlineData("\\ISO 2022 IR 87", "59616D6164615E5461726F753D1B2442 3B33 45441B28425E1B24424240 4F3A1B28423D1B2442 2464245E24401B28425E1B242424 3F 246D24261B2842", null)]
    [InlineData("\\ISO 2022 IR 87", "1B24423B3345441B28425E1B244242404F3A1B2842", "山田^太郎")]
    [InlineData("ISO 2022 IR 13\\ISO 2022 IR 87", "D4CFC0DE5EC0DBB3", "ﾔﾏﾀﾞ^ﾀﾛｳ")]
    [InlineData("\\ISO 2022 IR 149", "486F6E675E47696C646F6E673D1B242943FBF35E1B242943D1CED4D73D1B242943C8AB5E1B242943B1E6B5BF", "Hong^Gildong=洪^吉洞=홍^길동")]
    [InlineData("ISO_IR 192", "57616E675E5869616F446F6E673DE78E8B5EE5B08FE69DB1", "Wang^XiaoDong=王^小東")]
    [InlineData("GB18030", "57616E675E5869616F446F6E673DCDF55ED0A1B6AB", "Wang^XiaoDong=王^小东")]
    [InlineData("\\ISO 2022 IR 58", "1B242941CDF55E1B242941D0A1B6AB", "王^小东")]
    [InlineData("ISO_IR 144", "BBEECE67AA", null)]
    [InlineData("ISO_IR 126", "C4E9EFEDF5F3E9EFF2", "Διονυσιος")]
    [InlineData("ISO_IR 127", "E2C8C7E6EA5EE4E6D2C7D1", null)]
    public void Names_are_read_in_the_character_sets_of_the_standard(string set, string hex, string? expected)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var text = DicomCharacterSet.Parse(set).Decode(bytes).TrimEnd();
        if (expected is null)
            Assert.DoesNotContain('\u001b', text);
        else
            Assert.Equal(expected, text);
    }

    [Fact]
    public void Text_is_written_in_the_set_of_the_file_or_refused()
    {
        Assert.True(DicomCharacterSet.Parse("ISO_IR 100").TryEncode("Jörg", out var latin));
        Assert.Equal(Encoding.Latin1.GetBytes("Jörg"), latin);
        Assert.True(DicomCharacterSet.Parse("ISO_IR 192").TryEncode("王", out var utf8));
        Assert.Equal(Encoding.UTF8.GetBytes("王"), utf8);
        Assert.False(DicomCharacterSet.Default.TryEncode("Jörg", out _));
        Assert.False(DicomCharacterSet.Parse("ISO_IR 100").TryEncode("王", out _));
    }

    [Theory]
    [InlineData("PACS", true)]
    [InlineData(" PACS ", true)]
    [InlineData("SIXTEEN_CHARS_OK", true)]
    [InlineData("SEVENTEEN_CHARS__", false)]
    [InlineData("", false)]
    [InlineData("    ", false)]
    [InlineData("A\\B", false)]
    [InlineData("Ä", false)]
    public void AE_title_follows_its_VR(string title, bool valid)
        => Assert.Equal(valid, Record.Exception(() => DicomDestination.CheckedAETitle(title)) is null);

    [Theory]
    [InlineData("pacs.local")]
    [InlineData("10.0.0.1")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    public void Destination_takes_names_and_addresses(string host) => Assert.Contains(host.Trim('[', ']'), new DicomDestination { Host = host }.ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("http://pacs")]
    public void Destination_that_is_no_host_is_refused(string host) => Assert.Throws<ArgumentException>(() => new DicomDestination { Host = host });

    [Theory]
    [InlineData(0x0000, DicomState.Success, nameof(RetryAdvice.Never))]
    [InlineData(0xB000, DicomState.Warning, nameof(RetryAdvice.Never))]
    [InlineData(0xB007, DicomState.Warning, nameof(RetryAdvice.Never))]
    [InlineData(0x0111, DicomState.Warning, nameof(RetryAdvice.Never))]
    [InlineData(0xA700, DicomState.Failure, nameof(RetryAdvice.BackOff))]
    [InlineData(0xA7FF, DicomState.Failure, nameof(RetryAdvice.BackOff))]
    [InlineData(0x0213, DicomState.Failure, nameof(RetryAdvice.BackOff))]
    [InlineData(0x0110, DicomState.Failure, nameof(RetryAdvice.Once))]
    [InlineData(0xC000, DicomState.Failure, nameof(RetryAdvice.Once))]
    [InlineData(0xC123, DicomState.Failure, nameof(RetryAdvice.Never))]
    [InlineData(0xA900, DicomState.Failure, nameof(RetryAdvice.Never))]
    [InlineData(0x0122, DicomState.Failure, nameof(RetryAdvice.Never))]
    [InlineData(0xFF00, DicomState.Failure, nameof(RetryAdvice.Never))]
    public void Status_tells_what_it_means(int code, DicomState state, string retry)
    {
        var status = new DicomStatus((ushort)code);
        Assert.Equal((state, retry), (status.State, status.Retry.ToString()));
        Assert.NotEqual("", status.Meaning);
    }
}
