using System.Text;
using FlywheelDicom.IO;
using FlywheelDicom.TestSupport;
using static FlywheelDicom.TestSupport.SyntheticInstance;

namespace FlywheelDicom.Unit.IO;

public class ElementPathTests
{
    private static readonly SyntheticElement s_beams = SyntheticElement.Sequence(0x300A00B0, false,
        [SyntheticElement.Text(0x300A00C2, "LO", "A")], [SyntheticElement.Text(0x300A00C2, "LO", "B"), SyntheticElement.Text(0x300A00C3, "ST", "of item 1")]);

    private static DicomFile File(params SyntheticElement[] extra) => MemorySource.Read(new SyntheticInstance { Extra = extra }.ToArray())!;

    [Theory]
    [InlineData("BeamSequence[0].BeamName")]
    [InlineData(" beamsequence[ 0 ] . beamname ")]
    [InlineData("(300A,00B0)[0].(300A,00C2)")]
    [InlineData("300A,00B0[0].300A,00C2")]
    [InlineData("300A00B0[0].0x300A00C2")]
    public void Spellings_of_one_path_mean_the_same(string path)
    {
        var file = File(s_beams);
        file.SetValue(path, "X");
        var items = (DicomDataset[])file.Dataset["BeamSequence"]!;
        Assert.Equal(["X", "B"], items.Select(i => i["BeamName"]));
        Assert.Equal("BeamSequence[0].BeamName (300A,00C2)", ElementPath.Parse(path).ToString());
    }

    [Fact]
    public void Star_means_each_item_and_an_index_counts_more()
    {
        var file = File(s_beams);
        file.SetValues([new(ElementPath.Parse("BeamSequence[1].BeamName"), "second"), new(ElementPath.Parse("BeamSequence[*].BeamName"), "any")]);
        Assert.Equal(["any", "second"], ((DicomDataset[])file.Dataset["BeamSequence"]!).Select(i => i["BeamName"]));
        file.SetValue("ReferencedImageSequence[*].ReferencedSOPInstanceUID", "1.2.3");
        Assert.False(file.Dataset.Contains("ReferencedImageSequence"));
    }

    [Theory]
    [InlineData("BeamSequence[2].BeamName", "2 items, [0] to [1]")]
    [InlineData("ReferencedImageSequence[0].ReferencedSOPInstanceUID", "no item")]
    public void Item_that_is_not_there_is_told(string path, string words)
        => Assert.Contains(words, Assert.Throws<ArgumentException>(() => File(s_beams).SetValue(path, "1.2.3")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("BeamSequence[0]", "name an element of it")]
    [InlineData("BeamSequence.BeamName", "BeamSequence[0]")]
    [InlineData("BeamName[0].BeamName", "not a sequence")]
    [InlineData("BeamSequence[x].BeamName", "[*]")]
    [InlineData("BeamSequence[-1].BeamName", "[*]")]
    [InlineData("BeamSequence[0]..BeamName", "between its dots")]
    [InlineData("BeamSequence[0].BeamNmae", "BeamName?")]
    [InlineData("[0].BeamName", "in front")]
    [InlineData("", "between its dots")]
    [InlineData("(0020,xx01:ACME)", "odd group")]
    [InlineData("(0021,xx01:)", "1 to 64")]
    public void What_is_no_path_is_told(string path, string words)
        => Assert.Contains(words, Assert.Throws<FormatException>(() => ElementPath.Parse(path)).Message, StringComparison.Ordinal);

    [Fact]
    public void Value_that_does_not_fit_changes_nothing_of_the_whole_set()
    {
        var file = File(s_beams);
        var error = Assert.Throws<ArgumentException>(() => file.SetValues([new(ElementPath.Parse("PatientName"), "NEW"), new(ElementPath.Parse("BeamSequence[0].BeamName"), new string('q', 65))]));
        Assert.Contains("BeamName (300A,00C2) has VR LO", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("qq", error.Message, StringComparison.Ordinal);
        Assert.Equal("SYNTHETIC^SUBJECT", file.Dataset["PatientName"]);
    }

    [Fact]
    public void Sequence_is_emptied_with_null_and_takes_no_other_value()
    {
        var file = File(s_beams);
        Assert.Contains("sequence", Assert.Throws<ArgumentException>(() => file.SetValue("BeamSequence", "x")).Message, StringComparison.Ordinal);
        file.SetValue("BeamSequence", null);
        var edited = MemorySource.Read(file.OpenRead().ReadAll())!;
        Assert.True(edited.Dataset.Contains("BeamSequence"));
        Assert.Empty((DicomDataset[])edited.Dataset["BeamSequence"]!);
    }

    [Fact]
    public void Private_element_is_found_by_its_creator_and_gets_a_block_where_there_is_none()
    {
        var file = File(SyntheticElement.Text(0x00190012, "LO", "Acme"), SyntheticElement.Text(0x00191201, "LO", "one"), SyntheticElement.Text(0x00191202, "LO", "two"));
        file.SetValue("(0019,xx01:ACME)", "changed");
        file.Remove("(0019,xx02:acme)");
        file.SetValues([new(ElementPath.Parse("0019,xx07:Other"), "seven"), new(ElementPath.Parse("0019,xx08:Other"), "eight")]);
        var found = MemorySource.Read(file.OpenRead().ReadAll())!.Dataset;
        Assert.Equal(
            ["(0019,0010) Other", "(0019,0012) Acme", "(0019,1007) seven", "(0019,1008) eight", "(0019,1201) changed"],
            found.Where(e => e.Id.Group == 0x0019).Select(e => $"{e.Tag} {e.Value}"));
    }

    [Fact]
    public void Removal_by_creator_reaches_the_blocks_of_all_levels()
    {
        var file = File(
            SyntheticElement.Text(0x00190010, "LO", "ACME"), SyntheticElement.Text(0x00191001, "LO", "x"),
            SyntheticElement.Sequence(0x00081140, true, [SyntheticElement.Text(0x00190011, "LO", "OTHER"), SyntheticElement.Text(0x00190020, "LO", "ACME"), SyntheticElement.Text(0x00191101, "LO", "stays"), SyntheticElement.Text(0x00192001, "LO", "x")]));
        file.Remove(new ElementRemoval([ElementPath.Parse("(0019,xx01:ACME)")], [], RemovalScope.AllLevels));
        var text = Encoding.Latin1.GetString(file.OpenDataset().ReadAll());
        Assert.DoesNotContain("LO\u0002\0x ", text, StringComparison.Ordinal);
        Assert.Contains("stays", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SOPInstanceUID")]
    [InlineData("SOPClassUID")]
    [InlineData("(0002,0010)")]
    [InlineData("PixelData")]
    public void What_an_instance_cannot_be_without_is_not_removed(string tag)
        => Assert.ThrowsAny<ArgumentException>(() => File().Remove(tag));

    [Theory]
    [InlineData(0x0002)]
    [InlineData(0x0008)]
    [InlineData(0x7FE0)]
    [InlineData(0x10000)]
    public void Groups_with_what_must_stay_are_refused(int group)
        => Assert.Contains($"0x{group:X4}", Assert.Throws<ArgumentException>(() => new ElementRemoval([], [group], RemovalScope.Named)).Message, StringComparison.Ordinal);

    [Fact]
    public void Text_goes_in_by_the_character_set_of_its_item_and_fails_where_that_lacks_it()
    {
        var file = File(SyntheticElement.Text(0x00080005, "CS", "ISO_IR 100"),
            SyntheticElement.Sequence(0x00081140, false, [SyntheticElement.Text(0x00080005, "CS", "ISO_IR 192")], [SyntheticElement.Text(0x00081155, "UI", "1.2")]));
        file.SetValue("ReferencedImageSequence[0].PatientName", "Жук");
        file.SetValue("ReferencedImageSequence[1].PatientName", "Jörg");
        var error = Assert.Throws<ArgumentException>(() => file.SetValue("ReferencedImageSequence[1].PatientName", "Жук"));
        Assert.Contains("character set", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Жук", error.Message, StringComparison.Ordinal);
        Assert.Equal(["Жук", "Jörg"], ((DicomDataset[])file.Dataset["ReferencedImageSequence"]!).Select(i => i["PatientName"]));
    }

    [Fact]
    public void Character_set_changes_only_where_no_text_is_left_that_needs_the_old_one()
    {
        var file = File(SyntheticElement.Text(0x00080005, "CS", "ISO_IR 100"), SyntheticElement.Text(0x00100010, "PN", "J\u00F6rg"));
        var error = Assert.Throws<ArgumentException>(() => file.SetValue("SpecificCharacterSet", "ISO_IR 192"));
        Assert.Contains("PatientName (0010,0010)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("J\u00F6rg", error.Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => file.Remove("SpecificCharacterSet"));
        file.SetValues([new(ElementPath.Parse("PatientName"), "Жук"), new(ElementPath.Parse("SpecificCharacterSet"), "ISO_IR 192")]);
        var found = MemorySource.Read(file.OpenRead().ReadAll())!.Dataset;
        Assert.Equal("Жук", found["PatientName"]);
    }

    [Theory]
    [InlineData(Explicit)]
    [InlineData(BigEndian)]
    public void Sequence_that_lost_its_VR_is_looked_into(string syntax)
    {
        var inner = Encode(SyntheticElement.Text(0x00100010, "PN", "SECRET"), isExplicit: false, bigEndian: false);
        byte[] items = [0xFE, 0xFF, 0x00, 0xE0, .. BitConverter.GetBytes(inner.Length), .. inner];
        var file = MemorySource.Read(new SyntheticInstance { TransferSyntax = syntax, Extra = [SyntheticElement.Bytes(0x00081140, "UN", items)] }.ToArray())!;
        file.Remove(new ElementRemoval([ElementPath.Parse("PatientName")], [], RemovalScope.AllLevels));
        var bytes = file.OpenDataset().ReadAll();
        Assert.DoesNotContain("SECRET", Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
        Assert.Null(MemorySource.Read(file.OpenRead().ReadAll())!.Problem);
    }

    [Fact]
    public void Edits_of_all_kinds_follow_each_other_and_the_meta_follows_the_UID()
    {
        var file = File(s_beams, SyntheticElement.Text(0x00081030, "LO", "odd") with { IsUnpadded = true });
        file.SetValue("SOPInstanceUID", "1.2.3.4");
        file.SetValue("BeamSequence[1].BeamName", "third");
        file.AddPrivateValue(new PrivateValue(0x0021, "Flywheel", "DICOM send"));
        file.SetValue("BeamSequence[0].BeamName", "first");
        file.SetValue("SOPInstanceUID", "1.2.3.5");
        Assert.Equal("1.2.3.5", file.SopInstanceUid);
        var bytes = file.OpenRead().ReadAll();
        Assert.Contains("\u0003\0UI\u0008\01.2.3.5", Encoding.Latin1.GetString(bytes, 132, 200), StringComparison.Ordinal);
        var edited = MemorySource.Read(bytes)!;
        Assert.Equal(("1.2.3.5", "DICOM send", "odd"), (edited.SopInstanceUid, edited.Dataset["(0021,1000)"], edited.Dataset["StudyDescription"]));
        Assert.Equal(["first", "third"], ((DicomDataset[])edited.Dataset["BeamSequence"]!).Select(i => i["BeamName"]));
        Assert.Equal(file.ComputeDigest(), edited.ComputeDigest());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pixel_data_is_not_read_for_an_edit(bool inSequence)
    {
        var source = new CountingSource(new SyntheticInstance { Rows = 1024, Columns = 1024, Extra = [s_beams] }.ToArray());
        var file = DicomFile.Read(source, "counted", new DicomOrigin { FileName = "counted" })!;
        file.SetValue(inSequence ? "BeamSequence[0].BeamName" : "PatientName", "X");
        file.Remove(new ElementRemoval([], [], RemovalScope.Private | RemovalScope.AllLevels));
        Assert.InRange(source.Read, 1, 512 * 1024);
    }

    private sealed class CountingSource(byte[] bytes) : DicomSource
    {
        public long Read { get; private set; }
        public override long Length => bytes.Length;
        public override Stream Open() => new Counting(this, new MemoryStream(bytes, writable: false));

        private sealed class Counting(CountingSource source, MemoryStream inner) : ForwardStream
        {
            public override int Read(Span<byte> buffer)
            {
                var read = inner.Read(buffer);
                source.Read += read;
                return read;
            }
        }
    }
}
