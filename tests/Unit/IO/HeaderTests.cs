using FlywheelDicom.TestSupport;
using static FlywheelDicom.TestSupport.SyntheticInstance;

namespace FlywheelDicom.Unit.IO;

public class HeaderTests
{
    public static TheoryData<string, SyntheticInstance, string> Readable { get; } = new()
    {
        { "explicit", new(), Explicit },
        { "implicit", new() { TransferSyntax = Implicit }, Implicit },
        { "big endian", new() { TransferSyntax = BigEndian }, BigEndian },
        { "deflated", new() { TransferSyntax = Deflated }, Deflated },
        { "encapsulated", new() { TransferSyntax = Jpeg2000, Frames = 3 }, Jpeg2000 },
        { "no preamble", new() { HasPreamble = false }, Explicit },
        { "no preamble, no meta, explicit", new() { HasPreamble = false, HasMeta = false }, Explicit },
        { "no preamble, no meta, implicit", new() { HasPreamble = false, HasMeta = false, TransferSyntax = Implicit }, Implicit },
        { "no preamble, no meta, big endian", new() { HasPreamble = false, HasMeta = false, TransferSyntax = BigEndian }, BigEndian },
        { "preamble, no meta", new() { HasMeta = false }, Explicit },
        { "no meta length", new() { HasMetaLength = false }, Explicit },
        { "meta length too short", new() { WrongMetaLength = 10 }, Explicit },
        { "meta length too long", new() { WrongMetaLength = 100_000 }, Explicit },
        { "meta in implicit VR", new() { IsMetaImplicit = true }, Explicit },
        { "no syntax stated, implicit", new() { StatedTransferSyntax = "", TransferSyntax = Implicit }, Implicit },
        { "syntax padded with spaces", new() { StatedTransferSyntax = Explicit + "  " }, Explicit },
        { "stated explicit, is implicit", new() { StatedTransferSyntax = Explicit, TransferSyntax = Implicit }, Implicit },
        { "stated implicit, is explicit", new() { StatedTransferSyntax = Implicit }, Explicit },
        { "stated little, is big endian", new() { StatedTransferSyntax = Explicit, TransferSyntax = BigEndian }, BigEndian },
        { "stated deflated, is plain", new() { StatedTransferSyntax = Deflated }, Explicit },
        { "group lengths", new() { HasGroupLengths = true }, Explicit },
        { "trailing padding element", new() { Trailing = SyntheticInstance.Encode(new(0xFFFCFFFC, "OB", new byte[20]), true, false) }, Explicit },
        { "trailing zeros", new() { Trailing = new byte[300] }, Explicit },
        { "odd length", new() { Extra = [new(0x00081030, "LO", "odd") { IsUnpadded = true }] }, Explicit },
        { "nested sequences of undefined length", new() { Extra = [Nested(true)] }, Explicit },
        { "nested sequences of defined length", new() { Extra = [Nested(false)] }, Explicit },
        { "nested sequences in implicit", new() { TransferSyntax = Implicit, Extra = [Nested(true)] }, Implicit },
        { "an implicit private sequence", new() { Extra = [Nested(true, 0x00091010) with { IsImplicit = true }] }, Explicit },
        { "unknown VR", new() { Extra = [SyntheticElement.Bytes(0x00091001, "UT", [1, 2])] }, Explicit },
    };

    [Theory, MemberData(nameof(Readable))]
    public void Header_is_read_whatever_its_shape(string shape, SyntheticInstance instance, string syntax)
    {
        foreach (var canSeek in new[] { true, false })
        {
            var file = MemorySource.Read(instance.ToArray(), canSeek);
            Assert.True(file is not null, shape);
            Assert.Null(file.Problem);
            Assert.Equal(
                (syntax, CTImage, instance.SopInstance, Root + ".1", Root + ".1.1", "CT", "SUBJ0001"),
                (file.TransferSyntaxUid, file.SopClassUid, file.SopInstanceUid, file.StudyInstanceUid, file.SeriesInstanceUid, file.Modality, file.PatientId));
            Assert.Equal("SYNTHETIC^SUBJECT", file.Dataset["PatientName"]);
            Assert.Equal(16, Convert.ToInt32(file.Dataset["Rows"], null));
            Assert.False(file.Dataset.Contains(DicomTag.PixelData));
        }
    }

    [Theory, MemberData(nameof(Readable))]
    public void Saved_file_is_standard_and_reads_the_same(string shape, SyntheticInstance instance, string syntax)
    {
        var saved = MemorySource.Read(instance.ToArray())!.OpenRead().ReadAll();
        Assert.Equal("DICM"u8.ToArray(), saved[128..132]);
        var again = MemorySource.Read(saved)!;
        Assert.True(again.Problem is null, shape);
        Assert.Equal((syntax, instance.SopInstance), (again.TransferSyntaxUid, again.SopInstanceUid));
        if (shape is not ("odd length" or "an implicit private sequence"))
            Assert.EndsWith(Convert.ToHexString(TransferBytes(instance)), Convert.ToHexString(saved), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Explicit)]
    [InlineData(Implicit)]
    [InlineData(BigEndian)]
    [InlineData(Deflated)]
    [InlineData(Jpeg2000)]
    public void Truncation_is_found_before_anything_is_sent(string syntax)
    {
        var whole = new SyntheticInstance { TransferSyntax = syntax };
        foreach (var cut in new[] { 1, 7, 100, 300, 500 })
        {
            // The last byte of a deflated data set may be its padding.
            if (cut == 1 && syntax == Deflated)
                continue;
            var file = MemorySource.Read((whole with { CutOff = cut }).ToArray(), canSeek: cut % 2 == 0);
            Assert.True(file is { ProblemDetail.Id: DicomProblem.Truncated or DicomProblem.Malformed }, $"{syntax} cut by {cut}: {file?.Problem ?? "no problem"}");
        }
    }

    [Fact]
    public void Missing_UIDs_and_directories_are_problems()
    {
        Assert.Equal(DicomProblem.MissingUid, MemorySource.Read(new SyntheticInstance { HasSopInstance = false }.ToArray())!.ProblemDetail!.Id);
        Assert.Equal(DicomProblem.MissingUid, MemorySource.Read(new SyntheticInstance { HasSopClass = false }.ToArray())!.ProblemDetail!.Id);
        Assert.Equal(DicomProblem.Directory, MemorySource.Read(new SyntheticInstance { SopClass = "1.2.840.10008.1.3.10", HasSopClass = false }.ToArray())!.ProblemDetail!.Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("{\"a\": [1, 2, 3]}                                                   ")]
    [InlineData("PK\u0003\u0004aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("\u0089PNG\r\n\u001a\n0000000000000000000000000000")]
    public void What_is_not_DICOM_is_not_taken_for_it(string text) => Assert.Null(MemorySource.Read(System.Text.Encoding.Latin1.GetBytes(text)));

    [Fact]
    public void Compressed_file_under_an_implicit_header_is_put_right()
    {
        var odd = new SyntheticInstance { TransferSyntax = Jpeg2000, Extra = [Nested(true)] };
        var implicitHeader = new SyntheticInstance { TransferSyntax = Implicit, HasPixelData = false, Extra = [Nested(true)], StatedTransferSyntax = Jpeg2000 }.ToArray();
        var explicitHeader = (odd with { HasPixelData = false }).Dataset();
        var fragments = odd.Dataset()[explicitHeader.Length..];
        // In implicit VR the pixel data element has no VR.
        byte[] implicitFragments = [.. fragments[..4], .. fragments[8..]];
        var file = MemorySource.Read([.. implicitHeader, .. implicitFragments])!;
        Assert.Equal((Jpeg2000, null), (file.TransferSyntaxUid, file.Problem));
        Assert.Equal(Convert.ToHexString(odd.Dataset()), Convert.ToHexString(file.OpenDataset().ReadAll()));
    }

    [Fact]
    public void Deep_nesting_ends_in_a_problem_and_not_in_the_stack()
    {
        var deep = new MemoryStream();
        deep.Write(new SyntheticInstance { HasPixelData = false }.ToArray());
        for (var i = 0; i < 100_000; i++)
            deep.Write([0x40, 0x00, 0x30, 0xA7, (byte)'S', (byte)'Q', 0, 0, 255, 255, 255, 255, 0xFE, 0xFF, 0x00, 0xE0, 255, 255, 255, 255]);
        Assert.Equal(DicomProblem.Malformed, MemorySource.Read(deep.ToArray())!.ProblemDetail!.Id);
    }

    [Fact]
    public void Large_values_are_read_from_the_source_when_asked_for()
    {
        var large = new byte[600_000];
        new Random(1).NextBytes(large);
        var file = MemorySource.Read(new SyntheticInstance { Extra = [SyntheticElement.Bytes(0x00091001, "OB", large)] }.ToArray())!;
        Assert.Equal(large, file.Dataset["00091001"]);
        Assert.Equal("SYNTHETIC^SUBJECT", file.Dataset["PatientName"]);
    }

    [Fact]
    public void Sequences_are_read_as_data_sets()
    {
        foreach (var isUndefined in new[] { true, false })
        {
            foreach (var syntax in new[] { Explicit, Implicit, BigEndian, Deflated })
            {
                var file = MemorySource.Read(new SyntheticInstance { TransferSyntax = syntax, Extra = [Nested(isUndefined)] }.ToArray())!;
                var items = Assert.IsType<DicomDataset[]>(file.Dataset["ReferencedStudySequence"]);
                Assert.Equal(["1.2.3", "1.2.4"], items.Select(i => i["ReferencedSOPInstanceUID"]));
                var inner = Assert.IsType<DicomDataset[]>(items[1]["PurposeOfReferenceCodeSequence"]);
                Assert.Equal("deep", inner.Single()["CodeMeaning"]);
            }
        }
    }

    [Fact]
    public void Deflated_bytes_that_look_like_a_VR_are_still_deflated()
    {
        // Found with a deflater that happened to write U and I where a VR would stand.
        var plain = new SyntheticInstance { TransferSyntax = Deflated };
        for (var number = 1; number < 500; number++)
        {
            var file = MemorySource.Read((plain with { Number = number, Rows = number % 7 + 1 }).ToArray())!;
            Assert.Equal((Deflated, null), (file.TransferSyntaxUid, file.Problem));
        }
        byte[] stored = [0x00, .. BitConverter.GetBytes((ushort)plain.Dataset().Length), .. BitConverter.GetBytes((ushort)~plain.Dataset().Length)];
        var whole = (plain with { HasPixelData = false }).ToArray();
        var meta = whole[..^(whole.Length - 132 - 12 - BitConverter.ToInt32(whole, 140))];
        Assert.Null(MemorySource.Read([.. meta, 0x7C, 0xB9, (byte)'U', (byte)'I'])?.SopInstanceUid);
        Assert.Equal(Deflated, MemorySource.Read([.. meta, 0x7C, 0xB9, 0x55, 0x78, (byte)'U', (byte)'I', 0xD7, 0x85, 0, 0, 0, 0])!.TransferSyntaxUid);
        // A final stored block.
        stored[0] = 1;
        Assert.Null(MemorySource.Read([.. meta, .. stored, .. plain.Dataset()])!.Problem);
    }

    [Fact]
    public void Deflated_data_set_that_is_stated_as_a_plain_one_is_named_as_deflated()
    {
        foreach (var stated in new[] { Explicit, Implicit, BigEndian })
        {
            var file = MemorySource.Read(new SyntheticInstance { TransferSyntax = Deflated, StatedTransferSyntax = stated }.ToArray())!;
            Assert.Equal(DicomProblem.Malformed, file.ProblemDetail!.Id);
            Assert.Contains("deflated", file.Problem, StringComparison.Ordinal);
            Assert.DoesNotMatch(@"\([0-9A-F]{4},[0-9A-F]{4}\)", file.Problem!);
        }
    }

    /// <summary>Seeded mutations of valid files: every outcome is a file, a problem, or not DICOM; never anything else.</summary>
    [Fact]
    public void Mutated_bytes_never_do_harm()
    {
        var random = new Random(20260131);
        var seeds = Readable.Select(r => ((SyntheticInstance)((object[])r)[1]).ToArray()).ToList();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])seeds[round % seeds.Count].Clone();
            for (var i = random.Next(1, 12); i > 0; i--)
                bytes[random.Next(128, Math.Min(bytes.Length, 1200))] = random.Next(3) switch { 0 => 0, 1 => 255, _ => (byte)random.Next(256) };
            var file = MemorySource.Read(random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes, canSeek: round % 2 == 0);
            if (file is null)
                continue;
            file.AddPrivateValue(new PrivateValue(0x21, "Flywheel", "DICOM send"));
            if (file.Problem is null)
                file.OpenDataset().ReadAll();
            try
            {
                if (file.ProblemDetail?.Id != DicomProblem.Unreadable)
                    _ = file.Dataset.Select(e => e.ToString().Length).Sum();
            }
            catch (Exception e) when (e is FlywheelDicom.IO.DicomFormatException or InvalidOperationException)
            {
                // Looking into a sequence that makes no sense tells so.
            }
        }
    }

    /// <summary>What a data set's bytes are in its own transfer syntax.</summary>
    private static byte[] TransferBytes(SyntheticInstance instance)
    {
        var file = instance.ToArray();
        return file[(file.Length - (instance with { Trailing = [] } is var plain && instance.TransferSyntax == Deflated
            ? plain.ToArray().Length - MetaEnd(plain) : instance.Dataset().Length) - instance.Trailing.Length)..];
    }

    private static int MetaEnd(SyntheticInstance deflated) => (deflated with { TransferSyntax = Explicit, StatedTransferSyntax = Deflated }).ToArray().Length - deflated.Dataset().Length;

    private static SyntheticElement Nested(bool isUndefined, uint tag = 0x00081110) => SyntheticElement.Sequence(tag, isUndefined,
        [SyntheticElement.Text(0x00081155, "UI", "1.2.3")],
        [
            SyntheticElement.Text(0x00081155, "UI", "1.2.4"),
            SyntheticElement.Sequence(0x0040A170, isUndefined, [SyntheticElement.Text(0x00080104, "LO", "deep")]),
        ]);
}
