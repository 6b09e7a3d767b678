using FlywheelDicom.Cmdlets;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.IO;

/// <summary>A header as a list of elements: what PowerShell shows, compares and exports.</summary>
public sealed class ListingTests
{
    private static readonly SyntheticElement s_references = new(0x00081140, "SQ", new[]
    {
        new[] { SyntheticElement.Text(0x00081155, "UI", "1.2.3") },
        new[] { SyntheticElement.Text(0x00081155, "UI", "1.2.4") },
    });

    private static DicomDataset Header(SyntheticInstance instance, bool canSeek = true) => MemorySource.Read(instance.ToArray(), canSeek)!.Dataset;

    [Theory]
    [InlineData(SyntheticInstance.Explicit, true)]
    [InlineData(SyntheticInstance.Explicit, false)]
    [InlineData(SyntheticInstance.Implicit, true)]
    [InlineData(SyntheticInstance.BigEndian, true)]
    [InlineData(SyntheticInstance.Deflated, false)]
    [InlineData(SyntheticInstance.Jpeg2000, true)]
    [InlineData(SyntheticInstance.Jpeg2000, false)]
    public void It_begins_with_the_meta_information_and_ends_with_pixel_data(string syntax, bool canSeek)
    {
        var header = Header(new SyntheticInstance { TransferSyntax = syntax }, canSeek);
        var elements = header.ToList();
        Assert.Equal(header.Count, elements.Count);
        Assert.Equal("(0002,0000)", elements[0].Tag);
        Assert.Equal(syntax, elements.Single(e => e.Keyword == "TransferSyntaxUID").Value);
        Assert.Equal(syntax, header["TransferSyntaxUID"]);
        Assert.True(header.Contains("TransferSyntaxUID"));
        var pixels = elements[^1];
        Assert.Equal("PixelData", pixels.Keyword);
        Assert.Null(pixels.Value);
        Assert.EndsWith(" bytes, not loaded", pixels.ToString(), StringComparison.Ordinal);
        Assert.Equal(elements.Order(), elements);
    }

    [Fact]
    public void The_size_of_pixel_data_is_told_for_fragments_too()
    {
        var bytes = new SyntheticInstance { TransferSyntax = SyntheticInstance.Jpeg2000 }.ToArray();
        var file = MemorySource.Read(bytes)!;
        var pixels = file.Dataset.Single(e => e.Keyword == "PixelData");
        Assert.Equal(-1, pixels.Length);
        var start = bytes.AsSpan().LastIndexOf(new byte[] { 0xE0, 0x7F, 0x10, 0x00 });
        Assert.Contains($"= {bytes.Length - start} bytes, not loaded", pixels.ToString(), StringComparison.Ordinal);
        var native = MemorySource.Read(new SyntheticInstance { Rows = 16, Columns = 16 }.ToArray())!.Dataset.Single(e => e.Keyword == "PixelData");
        Assert.Equal(512, native.Length);
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, true)]
    public void A_file_of_odd_shape_has_the_meta_information_that_there_is(bool hasMeta, bool hasPreamble, bool isImplicit)
    {
        var header = Header(new SyntheticInstance { HasMeta = hasMeta, HasPreamble = hasPreamble && hasMeta, IsMetaImplicit = isImplicit });
        Assert.Equal(hasMeta ? "(0002,0000)" : "(0008,0016)", header.First(e => e.Tag != "(0008,0005)" && e.Tag != "(0008,0008)").Tag);
    }

    [Fact]
    public void Elements_are_equal_where_tag_VR_and_value_are()
    {
        var one = Header(new SyntheticInstance { Extra = [s_references] }).ToList();
        var same = Header(new SyntheticInstance { Extra = [s_references] }).ToList();
        var other = Header(new SyntheticInstance
        {
            PatientName = "ANOTHER^NAME",
            Extra = [new SyntheticElement(0x00081140, "SQ", new[] { new[] { SyntheticElement.Text(0x00081155, "UI", "1.2.3") }, new[] { SyntheticElement.Text(0x00081155, "UI", "1.2.5") } })],
        }).ToList();
        Assert.Equal(one, same);
        Assert.Equal(one.Select(e => e.GetHashCode()), same.Select(e => e.GetHashCode()));
        Assert.Equal(["ReferencedImageSequence", "PatientName"], one.Except(other).Select(e => e.Keyword));
        Assert.True(one[0] < one[1] && one[1] >= one[0] && one[0] != one[1]);
    }

    [Fact]
    public void Long_bytes_are_told_apart_by_a_digest()
    {
        var bytes = new byte[5000];
        var one = Header(new SyntheticInstance { Extra = [SyntheticElement.Bytes(0x00281201, "OW", bytes)] });
        bytes[4999] = 1;
        var other = Header(new SyntheticInstance { Extra = [SyntheticElement.Bytes(0x00281201, "OW", bytes)] });
        Assert.NotEqual(one.Single(e => e.Tag == "(0028,1201)"), other.Single(e => e.Tag == "(0028,1201)"));
        Assert.NotEqual(one.Single(e => e.Tag == "(0028,1201)").Value!.ToString(), other.Single(e => e.Tag == "(0028,1201)").Value!.ToString());
    }

    [Fact]
    public void A_value_of_several_is_a_list_whose_text_is_all_of_them()
    {
        var value = Assert.IsType<DicomValues<string>>(Header(new SyntheticInstance { Extra = [SyntheticElement.Text(0x00080008, "CS", "ORIGINAL\\PRIMARY")] }).Single(e => e.Keyword == "ImageType").Value);
        Assert.Equal(["ORIGINAL", "PRIMARY"], value);
        Assert.Equal(2, value.Length);
        Assert.Equal("ORIGINAL\\PRIMARY", value.ToString());
        var items = Assert.IsType<DicomValues<DicomDataset>>(Header(new SyntheticInstance { Extra = [s_references] }).Single(e => e.VR == "SQ").Value);
        Assert.Equal("1.2.4", items[1]["ReferencedSOPInstanceUID"]);
        Assert.Equal("{ ReferencedSOPInstanceUID = 1.2.3 }, { ReferencedSOPInstanceUID = 1.2.4 }", items.ToString());
    }

    [Fact]
    public void Private_elements_name_their_creator()
    {
        var header = Header(new SyntheticInstance { Extra = [SyntheticElement.Text(0x00210010, "LO", "ACME 1"), SyntheticElement.Text(0x00211001, "SH", "x"), SyntheticElement.Text(0x00211101, "SH", "y")] });
        Assert.Equal("ACME 1", header.Single(e => e.Tag == "(0021,1001)").PrivateCreator);
        Assert.Equal("", header.Single(e => e.Tag == "(0021,1101)").PrivateCreator);
        Assert.Contains("[ACME 1]", ViewText.Element(header.Single(e => e.Tag == "(0021,1001)"), 80), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sequence_is_shown_as_an_indented_tree()
    {
        var lines = ViewText.Element(Header(new SyntheticInstance { Extra = [s_references] }).Single(e => e.VR == "SQ"), 80).Split('\n');
        Assert.Equal(5, lines.Length);
        Assert.StartsWith("(0008,1140)     SQ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("2 items", lines[0], StringComparison.Ordinal);
        Assert.Equal(["  item 0", "  item 1"], [lines[1], lines[3]]);
        Assert.StartsWith("  (0008,1155)   UI", lines[4], StringComparison.Ordinal);
        Assert.EndsWith(" 1.2.4", lines[4], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(0)]
    public void No_line_is_longer_than_the_window_and_the_value_stays_whole(int width)
    {
        var text = new string('x', 300);
        var header = Header(new SyntheticInstance { Extra = [SyntheticElement.Text(0x00204000, "LT", text), s_references] });
        Assert.All(header.SelectMany(e => ViewText.Element(e, width).Split('\n')), line => Assert.InRange(line.Length, 8, width == 0 ? 120 : width - 1));
        Assert.Equal(text, header.Single(e => e.Keyword == "ImageComments").Value);
    }

    [Fact]
    public void What_would_command_a_terminal_is_shown_as_its_number()
    {
        var element = Header(new SyntheticInstance { Extra = [SyntheticElement.Text(0x00204000, "LT", "a\u001b[31mb")] }).Single(e => e.Keyword == "ImageComments");
        Assert.DoesNotContain("\u001b", ViewText.Element(element, 80), StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", element.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless")]
    [InlineData("1.2.840.10008.1.2.1", "Explicit VR LE")]
    [InlineData("Explicit VR Little Endian", "Explicit VR LE")]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData(null, "")]
    public void A_transfer_syntax_has_a_short_name(string? uid, string expected) => Assert.Equal(expected, ViewText.TransferSyntax(uid));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 KB")]
    [InlineData(99_949, "99.9 KB")]
    [InlineData(99_951, "100 KB")]
    [InlineData(999_600, "1.0 MB")]
    [InlineData(5_400_000_000, "5.4 GB")]
    public void Sizes_are_short(long bytes, string expected) => Assert.Equal(expected, ViewText.Bytes(bytes));

    [Theory]
    [InlineData(0.004, "4 ms")]
    [InlineData(12.34, "12.3 s")]
    [InlineData(83, "1:23 min")]
    [InlineData(90_061, "25:01:01 h")]
    public void Durations_are_short(double seconds, string expected) => Assert.Equal(expected, ViewText.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void The_last_column_breaks_between_words()
    {
        var lines = ViewText.Last("The archive refused the association because it does not know the name", 60, 80).Split('\n');
        Assert.True(lines.Length > 1);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 20));
        Assert.Equal("The archive refused the association because it does not know the name", string.Join(' ', lines));
    }
}
