using FlywheelDicom.IO;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.IO;

public class StageProblemTests
{
    private static SyntheticElement Lo(uint tag, string value) => SyntheticElement.Text(tag, "LO", value);

    [Fact]
    public void Edit_does_not_clear_what_an_earlier_stage_has_found()
    {
        var creators = Enumerable.Range(0x10, 0xF0).Select(b => Lo(0x00210000u + (uint)b, $"V{b}")).ToArray();
        var file = MemorySource.Read(new SyntheticInstance { Extra = creators }.ToArray())!;
        file.AddPrivateValue(new PrivateValue(0x21, "Flywheel", "DICOM send"));
        file.SetValue("PatientName", "X");
        file.Remove("PatientID");
        Assert.Equal(DicomProblem.NoPrivateBlock, file.ProblemDetail!.Id);
    }

    [Fact]
    public void Edit_may_still_mend_a_missing_UID()
    {
        var file = MemorySource.Read(new SyntheticInstance { HasSopInstance = false }.ToArray())!;
        Assert.Equal(DicomProblem.MissingUid, file.ProblemDetail!.Id);
        file.SetValue("SOPInstanceUID", "1.2.3");
        Assert.Null(file.Problem);
    }

    [Fact]
    public void Large_private_value_in_the_way_of_the_tag_is_stepped_over()
    {
        var large = new byte[65 * 1024 * 1024];
        var file = MemorySource.Read(new SyntheticInstance { Extra = [Lo(0x00210010, "Flywheel"), SyntheticElement.Bytes(0x00211000, "OB", large)] }.ToArray())!;
        file.AddPrivateValue(new PrivateValue(0x21, "Flywheel", "DICOM send"));
        Assert.Null(file.Problem);
        Assert.Equal("DICOM send", file.Dataset["0021,1001"]);
    }

    [Fact]
    public void Whatever_tagging_raises_becomes_the_instances_problem()
    {
        var source = new FailingSource(new SyntheticInstance().ToArray());
        var file = DicomFile.Read(source, "a", new DicomOrigin { FileName = "a" })!;
        source.Error = new NotSupportedException("nobody thought of this");
        file.AddPrivateValue(new PrivateValue(0x7FE1, "Flywheel", "DICOM send"));
        Assert.Contains("nobody thought of this", file.Problem, StringComparison.Ordinal);
    }

    private sealed class FailingSource(byte[] bytes) : DicomSource
    {
        public Exception? Error { get; set; }
        public override long Length => bytes.Length;

        // Cannot seek: so tagging behind pixel data has to read it again.
        public override Stream Open() => Error is null ? new OneWay(new MemoryStream(bytes)) : throw Error;

        private sealed class OneWay(MemoryStream inner) : ForwardStream
        {
            public override int Read(Span<byte> buffer) => inner.Read(buffer);
        }
    }
}
