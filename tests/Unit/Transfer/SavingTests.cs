using System.Text;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Saving;

namespace FlywheelDicom.Unit.Transfer;

public sealed class SavingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fwdicom-saving-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static DicomFile File(string patientId = "SUBJ1", int number = 1, string name = "A^B")
        => MemorySource.Read(new SyntheticInstance { Number = number, PatientName = name, Extra = [SyntheticElement.Text(0x00100020, "LO", patientId)] }.ToArray())!;

    private static SaveOutcome Save(InstanceSaver saver, DicomFile file) => saver.Save(file, saver.TargetOf(file), CancellationToken.None);

    [Theory]
    [InlineData("..", "unknown")]
    [InlineData(".", "unknown")]
    [InlineData("", "unknown")]
    [InlineData("../../etc", ".._.._etc")]
    [InlineData("/etc/passwd", "_etc_passwd")]
    [InlineData("C:\\x", "C__x")]
    [InlineData("a<b>c:d\"e|f?g*h", "a_b_c_d_e_f_g_h")]
    [InlineData("trailing. . ", "trailing")]
    [InlineData("con", "_con")]
    [InlineData("NUL.txt", "_NUL.txt")]
    [InlineData("COM1 .x", "_COM1 .x")]
    [InlineData("COMA", "COMA")]
    [InlineData("tab\tbell\u0007", "tab_bell_")]
    [InlineData("\u202Egnp", "_gnp")]
    [InlineData("Jörg 山田", "Jörg 山田")]
    public void Values_become_names_that_every_system_takes(string value, string name)
        => Assert.Equal(name, SafeName.OfPart(SafeName.OfValue(value)));

    [Fact]
    public void Long_names_are_cut_at_whole_characters_and_stay_different()
    {
        var first = SafeName.OfPart(new string('山', 100) + "1.dcm");
        var second = SafeName.OfPart(new string('山', 100) + "2.dcm");
        Assert.NotEqual(first, second);
        Assert.InRange(Encoding.UTF8.GetByteCount(first), 240, 255);
        Assert.EndsWith(".dcm", first, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', first);
        Assert.Equal(255, Encoding.UTF8.GetByteCount(SafeName.OfPart(new string('x', 255))));
    }

    [Fact]
    public void No_value_leads_out_of_the_folder()
    {
        var random = new Random(7);
        const string Letters = "./\\:. ~$\0aC\u2028\uD800";
        var layout = new FileLayout("{PatientId}/{PatientName}.dcm");
        for (var i = 0; i < 2000; i++)
        {
            var value = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Letters[random.Next(Letters.Length)]));
            var path = SafeName.OfPart(SafeName.OfValue(value));
            Assert.Equal(Path.Combine(_folder, path), Path.GetFullPath(Path.Combine(_folder, path)));
            Assert.Equal(-1, path.AsSpan().IndexOfAny("/\\:"));
        }
        var target = layout.PathOf(File("..", name: "../../x"));
        Assert.Equal(Path.Combine("unknown", ".._.._x.dcm"), target);
    }

    [Theory]
    [InlineData("/{PatientId}.dcm")]
    [InlineData("C:\\{PatientId}.dcm")]
    [InlineData("a//b.dcm")]
    [InlineData("../{PatientId}.dcm")]
    [InlineData("{PatientId}/")]
    [InlineData("")]
    [InlineData("{PatientId")]
    [InlineData("PatientId}")]
    [InlineData("{PatientNmae}.dcm")]
    [InlineData("{PixelData}.dcm")]
    [InlineData("{BeamSequence}.dcm")]
    [InlineData("a:b/{PatientId}.dcm")]
    public void Layout_that_is_none_is_refused(string layout) => Assert.Throws<FormatException>(() => new FileLayout(layout));

    [Fact]
    public void Layout_takes_keywords_and_tags_in_any_spelling()
    {
        var path = new FileLayout("{patientid}\\{(0008,0060)}_{SeriesDescription}/{Rows} {TransferSyntaxUID}.dcm").PathOf(File());
        Assert.Equal(Path.Combine("SUBJ1", "CT_unknown", "16 1.2.840.10008.1.2.1.dcm"), path);
    }

    [Fact]
    public void Same_bytes_are_there_already_and_other_content_is_never_written_over_unasked()
    {
        var saver = new InstanceSaver(_folder, new FileLayout("{PatientId}.dcm"), DicomSaveMode.CreateNew);
        Assert.Equal(SaveState.Saved, Save(saver, File()).State);
        Assert.Equal(SaveState.AlreadyThere, Save(saver, File()).State);
        var again = new InstanceSaver(_folder, new FileLayout("{PatientId}.dcm"), DicomSaveMode.CreateNew);
        Assert.Equal(SaveState.AlreadyThere, Save(again, File()).State);
        var before = System.IO.File.ReadAllBytes(Path.Combine(_folder, "SUBJ1.dcm"));
        var refused = Save(new InstanceSaver(_folder, new FileLayout("{PatientId}.dcm"), DicomSaveMode.CreateNew), File(number: 2));
        Assert.Equal((SaveState.Failed, DicomProblem.SaveNameTaken), (refused.State, refused.Problem!.Id));
        Assert.Equal(before, System.IO.File.ReadAllBytes(Path.Combine(_folder, "SUBJ1.dcm")));
        Assert.Equal(SaveState.Saved, Save(new InstanceSaver(_folder, new FileLayout("{PatientId}.dcm"), DicomSaveMode.Overwrite), File(number: 2)).State);
    }

    [Theory]
    [InlineData("SUBJ1")]
    [InlineData("subj1")]
    public void Two_instances_of_one_run_never_get_one_name_even_by_force(string second)
    {
        var saver = new InstanceSaver(_folder, new FileLayout("{PatientId}.dcm"), DicomSaveMode.Overwrite);
        Assert.Equal(SaveState.Saved, Save(saver, File()).State);
        var refused = Save(saver, File(second, number: 2));
        Assert.Equal(DicomProblem.SaveNameTaken, refused.Problem!.Id);
        Assert.DoesNotContain(second, refused.Problem.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void What_cannot_be_written_is_told_without_the_path_and_leaves_nothing()
    {
        System.IO.File.WriteAllText(Path.Combine(_folder, "SECRET1"), "a file where a folder is wanted");
        var saver = new InstanceSaver(_folder, new FileLayout("{PatientId}/{SopInstanceUid}.dcm"), DicomSaveMode.CreateNew);
        var failed = Save(saver, File("SECRET1"));
        Assert.Equal(DicomProblem.NotSaved, failed.Problem!.Id);
        Assert.DoesNotContain("SECRET1", failed.Problem.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Own_source_stays_as_it_is_even_by_force()
    {
        var path = Path.Combine(_folder, "SUBJ1.dcm");
        new SyntheticInstance { Extra = [SyntheticElement.Text(0x00100020, "LO", "SUBJ1")] }.Save(path);
        var before = System.IO.File.ReadAllBytes(path);
        var file = DicomFile.Open(path);
        var saver = new InstanceSaver(_folder, new FileLayout("{PatientId}.dcm"), DicomSaveMode.Overwrite);
        Assert.Equal(SaveState.AlreadyThere, Save(saver, file).State);
        file.SetValue("PatientName", "X");
        Assert.Equal(SaveState.Failed, Save(new InstanceSaver(_folder, new FileLayout("{PatientId}.dcm"), DicomSaveMode.Overwrite), file).State);
        Assert.Equal(before, System.IO.File.ReadAllBytes(path));
    }

    [Fact]
    public void Stopped_copy_leaves_no_part_of_a_file()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var saver = new InstanceSaver(_folder, new FileLayout("{SopInstanceUid}.dcm"), DicomSaveMode.CreateNew);
        var file = File();
        Assert.ThrowsAny<OperationCanceledException>(() => saver.Save(file, saver.TargetOf(file), stop.Token));
        Assert.Empty(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }
}
