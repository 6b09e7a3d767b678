using FlywheelDicom.IO;
using FlywheelDicom.TestSupport;
using static FlywheelDicom.TestSupport.SyntheticInstance;

namespace FlywheelDicom.Unit.IO;

public class EditTests
{
    [Theory]
    [InlineData(Explicit)]
    [InlineData(Implicit)]
    [InlineData(BigEndian)]
    public void Values_are_set_and_removed_in_place(string syntax)
    {
        var source = new SyntheticInstance { TransferSyntax = syntax };
        var file = MemorySource.Read(source.ToArray())!;
        file.SetValue("PatientName", "ANONYMOUS");
        file.SetValue("(0010,0040)", "O");
        file.SetValue("Rows", 32);
        file.Remove("PatientID");
        file.Remove("StudyTime");
        var expected = (source with
        {
            PatientName = "ANONYMOUS", Extra = [SyntheticElement.Text(0x00100040, "CS", "O"), SyntheticElement.UInt16(0x00280010, 32)],
        }).Dataset();
        var id = SyntheticInstance.Encode(SyntheticElement.Text(0x00100020, "LO", "SUBJ0001"), syntax != Implicit, syntax == BigEndian);
        var at = expected.AsSpan().IndexOf(id);
        Assert.Equal(Convert.ToHexString([.. expected[..at], .. expected[(at + id.Length)..]]), Convert.ToHexString(file.OpenDataset().ReadAll()));
        Assert.Equal(("ANONYMOUS", null, (ushort)32), (file.Dataset["PatientName"], file.PatientId, file.Dataset["Rows"]));
    }

    [Fact]
    public void New_UIDs_reach_command_meta_and_properties()
    {
        var file = MemorySource.Read(new SyntheticInstance().ToArray())!;
        file.SetValue("SOPInstanceUID", "1.2.3.4");
        Assert.Equal("1.2.3.4", file.SopInstanceUid);
        var again = MemorySource.Read(file.OpenRead().ReadAll())!;
        Assert.Equal("1.2.3.4", again.SopInstanceUid);
        Assert.Contains(Convert.ToHexString(Encode(SyntheticElement.Text(0x00020003, "UI", "1.2.3.4"), true, false)),
            Convert.ToHexString(file.OpenRead().ReadAll()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PixelData", "x")]
    [InlineData("TransferSyntaxUID", "1.2")]
    [InlineData("ReferencedStudySequence", "x")]
    [InlineData("Rows", "many")]
    [InlineData("PatientName", "王")]
    [InlineData("StudyInstanceUID", "not a uid")]
    public void Edits_that_cannot_be_are_refused(string tag, string value)
        => Assert.ThrowsAny<ArgumentException>(() => MemorySource.Read(new SyntheticInstance().ToArray())!.SetValue(tag, value));

    [Fact]
    public void Source_is_never_changed()
    {
        var path = Path.GetTempFileName();
        try
        {
            var bytes = new SyntheticInstance().ToArray();
            File.WriteAllBytes(path, bytes);
            var file = DicomFile.Open(path);
            file.AddPrivateValue(new PrivateValue(0x21, "Flywheel", "DICOM send"));
            file.SetValue("PatientName", "X");
            file.Save(path + ".out");
            Assert.Equal(bytes, File.ReadAllBytes(path));
            Assert.Equal("X", DicomFile.Open(path + ".out").Dataset["PatientName"]);
        }
        finally
        {
            File.Delete(path);
            File.Delete(path + ".out");
        }
    }

    public static TheoryData<string, string> Conversions { get; } = new()
    {
        { Explicit, Implicit }, { Explicit, BigEndian }, { Explicit, Deflated }, { Implicit, Explicit }, { Implicit, BigEndian },
        { BigEndian, Explicit }, { BigEndian, Implicit }, { Deflated, Implicit }, { Deflated, BigEndian },
    };

    /// <summary>Sequences of undefined length come out as they went in, so the generator's own bytes are the measure.</summary>
    [Theory, MemberData(nameof(Conversions))]
    public void Conversion_gives_what_would_have_been_written(string from, string to)
    {
        SyntheticElement[] extra =
        [
            SyntheticElement.Sequence(0x00081110, true, [SyntheticElement.Text(0x00081155, "UI", "1.2.3"), SyntheticElement.UInt16(0x00280010, 7)]),
            SyntheticElement.Bytes(0x00281101, "US", [0, 1, 0, 0, 16, 0]),
            SyntheticElement.Bytes(0x00186020, "SL", [1, 2, 3, 4]),
            SyntheticElement.Bytes(0x00189087, "FD", [1, 2, 3, 4, 5, 6, 7, 8]),
            SyntheticElement.Bytes(0x00209165, "AT", [0x10, 0, 0x20, 0]),
        ];
        var source = new SyntheticInstance { TransferSyntax = from, Extra = extra, Rows = 200, Columns = 201 };
        var file = MemorySource.Read(source.ToArray())!;
        var converted = file.OpenDataset(DicomTransferSyntax.Lookup(to)).ReadAll();
        if (to == Deflated)
            converted = new System.IO.Compression.DeflateStream(new MemoryStream(converted), System.IO.Compression.CompressionMode.Decompress).ReadAll();
        Assert.Equal(Convert.ToHexString((source with { TransferSyntax = to }).Dataset()), Convert.ToHexString(converted));
    }

    [Fact]
    public void Implicit_value_too_long_for_its_VR_becomes_UN()
    {
        var contour = new string('1', 70_000);
        var source = new SyntheticInstance { TransferSyntax = Implicit, Extra = [SyntheticElement.Text(0x30060050, "DS", contour)] };
        var converted = MemorySource.Read(source.ToArray())!.OpenDataset(DicomTransferSyntax.ExplicitVRLittleEndian).ReadAll();
        Assert.Contains(Convert.ToHexString([0x06, 0x30, 0x50, 0x00, (byte)'U', (byte)'N', 0, 0, .. BitConverter.GetBytes(70_000)]), Convert.ToHexString(converted), StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_tell_depth_and_kind()
    {
        var dataset = new SyntheticInstance { HasPixelData = false, Extra = [SyntheticElement.Sequence(0x00081110, false, [SyntheticElement.UInt16(0x00280010, 7)])] }.Dataset();
        using var reader = new DicomReader(new MemoryStream(dataset), DicomTransferSyntax.ExplicitVRLittleEndian, dataset.Length) { DescendsAll = true };
        var kinds = new List<DicomTokenKind>();
        while (reader.Read())
            kinds.Add(reader.Kind);
        Assert.Equal(
            [DicomTokenKind.SequenceStart, DicomTokenKind.ItemStart, DicomTokenKind.Element, DicomTokenKind.ItemEnd, DicomTokenKind.SequenceEnd],
            kinds.Skip(4).Take(5));
    }
}
