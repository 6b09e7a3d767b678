using FlywheelDicom.IO;
using FlywheelDicom.TestSupport;
using static FlywheelDicom.TestSupport.SyntheticInstance;

namespace FlywheelDicom.Unit.IO;

/// <summary>A header as a user looks at it, with edits and without.</summary>
public sealed class DatasetTests
{
    private static readonly DicomTag s_comments = new(0x0010, 0x4000);

    private static DicomFile File(params SyntheticElement[] extra) => MemorySource.Read(new SyntheticInstance { HasPixelData = false, Extra = extra }.ToArray())!;

    private static SyntheticElement Latin(uint tag, string vr, byte[] text) => SyntheticElement.Bytes(tag, vr, text);

    [Fact]
    public void Edits_are_seen_among_the_elements_in_order()
    {
        var file = File();
        var before = file.Dataset.Tags().ToList();
        Assert.Equal(before.Count, file.Dataset.Elements().Count());
        Assert.Equal(before.Order(), before);
        Assert.False(file.Dataset.Contains("PatientSex"));
        file.SetValue("PatientSex", "O");
        file.SetValue("PatientName", "X^Y");
        file.Remove("PatientID");
        var dataset = file.Dataset;
        List<DicomTag> expected = [.. before.Where(t => t != DicomTag.Parse("PatientID")), DicomTag.Parse("PatientSex")];
        Assert.Equal(expected.Order(), dataset.Tags());
        Assert.Equal(expected.Count, dataset.Elements().Count());
        Assert.True(dataset.Contains("PatientSex") && dataset.Contains("PatientName") && dataset.Contains("SOPClassUID"));
        Assert.False(dataset.Contains("PatientID"));
        Assert.Equal(("O", "X^Y", null, null), (dataset["PatientSex"], dataset.GetString("PatientName"), dataset["PatientID"], dataset.GetString("PatientID")));
        var elements = dataset.ToDictionary(e => e.Keyword);
        Assert.Equal((2, 4, "CS", "PN"), (elements["PatientSex"].Length, elements["PatientName"].Length, elements["PatientSex"].VR, elements["PatientName"].VR));
        Assert.Equal("(0010,0040) CS PatientSex = O", elements["PatientSex"].ToString());
    }

    [Fact]
    public void First_element_is_found() => Assert.True(File().Dataset.Contains(File().Dataset.Tags().First()));

    [Fact]
    public void Text_is_read_in_the_character_set_of_its_data_set()
    {
        byte[] latin = [(byte)'M', 0xFC, (byte)'d', (byte)'e'];
        SyntheticElement set = SyntheticElement.Text(0x00080005, "CS", "ISO_IR 100");
        SyntheticElement inherits = SyntheticElement.Sequence(0x00081140, true, [Latin(0x00081030, "LO", latin)]);
        SyntheticElement own = SyntheticElement.Sequence(0x00081140, true, [SyntheticElement.Text(0x00080005, "CS", "ISO_IR 192"), Latin(0x00081030, "LO", [(byte)'M', 0xC3, 0xBC, (byte)'d'])]);
        foreach (var (sequence, expected) in ((SyntheticElement, string)[])[(inherits, "Müde"), (own, "Müd")])
        {
            var dataset = File(set, Latin(0x00104000, "LT", latin), sequence).Dataset;
            Assert.Equal(("Müde", "Müde"), (dataset["PatientComments"], dataset.GetString(s_comments)));
            Assert.Equal(expected, ((DicomDataset[])dataset["ReferencedImageSequence"]!)[0]["StudyDescription"]);
        }
        var file = File(set);
        file.SetValue("PatientComments", "Müde");
        Assert.Equal("Müde", file.Dataset.GetString(s_comments));
        Assert.Contains(Convert.ToHexString(latin), Convert.ToHexString(file.OpenDataset().ReadAll()), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_elements_are_told()
    {
        var elements = File(SyntheticElement.Text(0x00090010, "LO", "ME"), SyntheticElement.Text(0x00091001, "LO", "x"), SyntheticElement.Text(0x00081031, "LO", "y")).Dataset.ToDictionary(e => e.Id);
        string Name(ushort group, ushort element) => elements[new DicomTag(group, element)].Name;
        Assert.Equal(("Private Creator", "Private", "Unknown", "Patient's Name"), (Name(9, 0x10), Name(9, 0x1001), Name(8, 0x1031), Name(0x10, 0x10)));
        Assert.Equal(("", "PatientName"), (elements[new DicomTag(9, 0x1001)].Keyword, elements[new DicomTag(0x10, 0x10)].Keyword));
    }

    [Fact]
    public void Values_are_told_in_short()
    {
        Assert.Equal("", ElementText.Short(null));
        Assert.Equal("3 bytes", ElementText.Short(new byte[3]));
        Assert.Equal("2 items", ElementText.Short(new DicomDataset[2]));
        Assert.Equal("1\\2.5", ElementText.Short(new object[] { 1, 2.5 }));
        Assert.Equal("1.5", ElementText.Short(1.5));
        Assert.Equal("x", ElementText.Short("x"));
    }

    /// <summary>Implicit, so that the dictionary and Pixel Representation decide (PS3.5 §A.1).</summary>
    [Theory]
    [InlineData((ushort)0, (ushort)65535)]
    [InlineData((ushort)1, (short)-1)]
    public void Sign_follows_the_pixels(ushort representation, object expected)
    {
        var bytes = new SyntheticInstance { TransferSyntax = Implicit, Extra = [SyntheticElement.UInt16(0x00280103, representation), SyntheticElement.Bytes(0x00280106, "US", [0xFF, 0xFF])] }.ToArray();
        var dataset = MemorySource.Read(bytes)!.Dataset;
        Assert.Equal(expected, dataset["SmallestImagePixelValue"]);
        Assert.Equal(Convert.ToString(expected, null), dataset.GetString("SmallestImagePixelValue"));
    }

    [Fact]
    public void Empty_elements_and_sequences_have_no_value()
    {
        var dataset = File(SyntheticElement.Sequence(0x00081140, false), SyntheticElement.Text(0x00104000, "LT", "")).Dataset;
        Assert.Empty((DicomDataset[])dataset["ReferencedImageSequence"]!);
        Assert.True(dataset.Contains(s_comments));
        Assert.Equal((null, null), (dataset["PatientComments"], dataset.GetString(s_comments)));
        Assert.Throws<FormatException>(() => dataset["NoSuchKeyword"]);
        Assert.Throws<FormatException>(() => dataset.GetValue("NoSuchKeyword"));
    }

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1026, false)]
    public void Text_that_is_too_long_for_its_kind_is_none(int length, bool isTold)
    {
        var dataset = File(SyntheticElement.Text(0x00104000, "LT", new string('x', length))).Dataset;
        Assert.Equal(isTold, dataset.GetShortText(s_comments) is not null);
        Assert.Null(dataset.GetShortText(new DicomTag(0x10, 0x4001)));
    }

    [Fact]
    public void Source_that_became_shorter_tells_so_when_a_long_value_is_asked_for()
    {
        var bytes = new SyntheticInstance { Extra = [SyntheticElement.Bytes(0x00091001, "OB", new byte[300_000])] }.ToArray();
        var source = new Shrinking(bytes);
        var file = DicomFile.Read(source, "x", new DicomOrigin { FileName = "x" })!;
        Assert.Equal(300_000, ((byte[])file.Dataset["00091001"]!).Length);
        source.Left = 200_000;
        Assert.True(Assert.Throws<DicomFormatException>(() => file.Dataset["00091001"]).IsTruncated);
    }

    [Theory]
    [InlineData(false, DicomProblem.Unreadable)]
    [InlineData(true, DicomProblem.Truncated)]
    public void Fault_of_format_has_an_id(bool isTruncated, string id)
    {
        Assert.Equal(id, new DicomFormatException("x") { IsTruncated = isTruncated }.ErrorId);
        Assert.Equal("Own", new DicomFormatException("x") { IsTruncated = isTruncated, ErrorId = "Own" }.ErrorId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Source_is_opened_at_a_place(bool canSeek)
    {
        var bytes = Enumerable.Range(0, 10_000).Select(i => (byte)i).ToArray();
        using (var stream = new MemorySource(bytes, canSeek).OpenAt(9_000))
            Assert.Equal(bytes[9_000..], stream.ReadAll());
        if (canSeek)
            return;
        var opened = new List<Ending>();
        var source = new EndingSource(opened);
        Assert.True(Assert.Throws<DicomFormatException>(() => source.OpenAt(5)).IsTruncated);
        Assert.True(opened.Single().IsDisposed);
    }

    private sealed class Shrinking(byte[] bytes) : DicomSource
    {
        public int Left { get; set; } = bytes.Length;
        public override long Length => bytes.Length;
        public override Stream Open() => new MemoryStream(bytes, 0, Left, writable: false);
    }

    private sealed class EndingSource(List<Ending> opened) : DicomSource
    {
        public override long Length => 10;

        public override Stream Open()
        {
            opened.Add(new Ending());
            return opened[^1];
        }
    }

    private sealed class Ending : ForwardStream
    {
        public bool IsDisposed { get; private set; }
        public override int Read(Span<byte> buffer) => 0;

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
