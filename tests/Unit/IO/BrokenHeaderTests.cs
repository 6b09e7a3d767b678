using System.Text;
using FlywheelDicom.IO;
using FlywheelDicom.TestSupport;
using static FlywheelDicom.TestSupport.SyntheticInstance;

namespace FlywheelDicom.Unit.IO;

/// <summary>Headers that others abort on are told before a byte is sent, by the tag that is at fault.</summary>
public class BrokenHeaderTests
{
    private static readonly byte[] s_itemEnd = [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0];
    private static readonly byte[] s_sequenceEnd = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];

    private static byte[] Uid(string value) => Encode(SyntheticElement.Text(0x00081150, "UI", value), true, false);

    private static byte[] Item(uint length, params byte[] content) => [0xFE, 0xFF, 0x00, 0xE0, .. BitConverter.GetBytes(length), .. content];

    private static byte[] Sequence(uint length, params byte[] content) => [0x08, 0x00, 0x40, 0x11, (byte)'S', (byte)'Q', 0, 0, .. BitConverter.GetBytes(length), .. content];

    public static TheoryData<string, byte[]> Broken { get; } = new()
    {
        { "an item's end is left out", Sequence(uint.MaxValue, [.. Item(uint.MaxValue, Uid("1.2.3")), .. s_sequenceEnd]) },
        { "an item's end is left out before another item", Sequence(uint.MaxValue, [.. Item(uint.MaxValue, Uid("1.2.3")), .. Item(uint.MaxValue, Uid("1.2.4")), .. s_itemEnd, .. s_sequenceEnd]) },
        { "a sequence's end is left out", Sequence(uint.MaxValue, [.. Item(uint.MaxValue, Uid("1.2.3")), .. s_itemEnd]) },
        { "an item is longer than its sequence", Sequence(14, Item(14, Uid("1.2.3"))) },
        { "a sequence is longer than it says, by an item", Sequence(22, [.. Item(14, Uid("1.2.3")), .. Item(14, Uid("1.2.4"))]) },
        { "a sequence ends inside an item without length", Sequence(22, [.. Item(uint.MaxValue, [.. Uid("1.2.3"), .. Uid("1.2.4")]), .. s_itemEnd]) },
        { "a sequence is shorter than it says", Sequence(40, Item(14, Uid("1.2.3"))) },
        { "an element is longer than its item", Sequence(20, Item(12, Uid("1.2.3")[..12])) },
        { "a stray item end in an item with a length", Sequence(30, Item(22, [.. Uid("1.2.3"), .. s_itemEnd])) },
        { "a stray item end in a sequence", Sequence(uint.MaxValue, [.. s_itemEnd, .. s_sequenceEnd]) },
        { "a stray sequence end behind a sequence", Sequence(22, [.. Item(14, Uid("1.2.3")), .. s_sequenceEnd]) },
        { "a sequence end within a sequence that has a length", Sequence(30, [.. Item(14, Uid("1.2.3")), .. s_sequenceEnd]) },
        { "an item's end with a length", Sequence(uint.MaxValue, [.. Item(uint.MaxValue, Uid("1.2.3")), .. s_itemEnd[..4], 4, 0, 0, 0, .. s_sequenceEnd]) },
        { "text where an item should be", Sequence(14, Encoding.ASCII.GetBytes("no items here.")) },
    };

    [Theory, MemberData(nameof(Broken))]
    public void Broken_nesting_names_the_sequence(string what, byte[] sequence)
    {
        foreach (var canSeek in new[] { true, false })
        {
            foreach (var behind in new[] { "PATIENT", "" })
            {
                var file = MemorySource.Read(With(sequence, behind), canSeek)!;
                Assert.True(file.ProblemDetail is { Id: DicomProblem.Malformed or DicomProblem.Truncated }, $"{what}: {file.Problem ?? "no problem"}");
                Assert.True(file.Problem!.Contains("(0008,1140) ReferencedImageSequence", StringComparison.Ordinal), $"{what}: {file.Problem}");
            }
        }
    }

    [Fact]
    public void Nesting_in_order_is_no_problem()
    {
        foreach (var sequence in new[] { Sequence(0), Sequence(22, Item(14, Uid("1.2.3"))), Sequence(uint.MaxValue, [.. Item(14, Uid("1.2.3")), .. s_sequenceEnd]), Sequence(30, [.. Item(uint.MaxValue, Uid("1.2.3")), .. s_itemEnd]) })
            Assert.Null(MemorySource.Read(With(sequence, "P"))!.Problem);
    }

    [Theory]
    [InlineData("--")]
    [InlineData("\0\0")]
    [InlineData("??")]
    [InlineData("  ")]
    [InlineData("lt")]
    public void Element_without_VR_goes_out_as_it_stands_where_its_length_fits(string vr)
    {
        foreach (var length in new[] { 0, 10, 9000 })
        {
            foreach (var syntax in new[] { Explicit, BigEndian })
            {
                var history = SyntheticElement.Text(0x001021B0, vr, new string('h', length));
                var next = SyntheticElement.Text(0x001021C0, vr, "ab");
                var nested = SyntheticElement.Sequence(0x00081140, false, [history]);
                var instance = new SyntheticInstance { TransferSyntax = syntax, Extra = [history, next, nested] };
                foreach (var canSeek in new[] { true, false })
                {
                    var file = MemorySource.Read(instance.ToArray(), canSeek)!;
                    Assert.Null(file.Problem);
                    Assert.Equal(Convert.ToHexString(instance.Dataset()), Convert.ToHexString(file.OpenDataset().ReadAll()));
                    Assert.Equal(length == 0 ? null : new string('h', length), file.Dataset["AdditionalPatientHistory"]);
                    Assert.Equal("SUBJ0001", file.PatientId);
                }
            }
        }
    }

    [Fact]
    public void Element_without_VR_whose_length_does_not_fit_is_named()
    {
        foreach (var vr in new[] { "--", "\0\0", "lt" })
        {
            var bytes = With(Encode(SyntheticElement.Text(0x001021B0, vr, "0123456789"), true, false), "x");
            var at = bytes.AsSpan().IndexOf("0123456789"u8);
            bytes[at - 2] = 5;
            var file = MemorySource.Read(bytes)!;
            Assert.Contains("(0010,21B0) has no valid VR", file.Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Element_without_VR_is_named_and_not_what_seems_to_follow_it()
    {
        var bytes = With([0x10, 0, 0xB0, 0x21, 0, 0, 0, 0, 4, 0, 0, 0, .. "abcd"u8], "x");

        Assert.Equal("(0010,21B0) has no valid VR, and no length that fits what follows.", MemorySource.Read(bytes)!.Problem);
    }

    [Fact]
    public void Pixel_data_that_is_not_compressed_is_not_sent_as_compressed()
    {
        foreach (var canSeek in new[] { true, false })
        {
            var file = MemorySource.Read(new SyntheticInstance { TransferSyntax = Explicit, StatedTransferSyntax = JpegBaseline }.ToArray(), canSeek)!;
            Assert.Equal(DicomProblem.Malformed, file.ProblemDetail!.Id);
            Assert.StartsWith("(7FE0,0010) PixelData is not compressed, but the file states JPEG Baseline", file.Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Second_meta_is_told_and_nothing_is_sent_in_the_wrong_syntax()
    {
        var second = Encode(SyntheticElement.Text(0x00020010, "UI", Implicit), true, false);
        foreach (var stated in new[] { JpegBaseline, Explicit })
        {
            var whole = new SyntheticInstance { TransferSyntax = stated }.ToArray();
            var start = 144 + BitConverter.ToInt32(whole, 140);
            foreach (var again in new[] { second, whole[132..start] })
            {
                var file = MemorySource.Read([.. whole[..start], .. again, .. whole[start..]])!;
                Assert.Equal(DicomProblem.Malformed, file.ProblemDetail!.Id);
                Assert.Contains("(0002,00", file.Problem, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData(0x00020010u)]
    [InlineData(0x00000002u)]
    public void Element_of_a_group_that_no_data_set_has_is_told(uint tag)
    {
        var file = MemorySource.Read(With(Encode(SyntheticElement.Text(tag, "UI", "1.2.3"), true, false), "x"))!;
        Assert.Equal(DicomProblem.Malformed, file.ProblemDetail!.Id);
        Assert.StartsWith($"{new DicomTag(tag)} stands in the data set", file.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" 1.2.3")]
    [InlineData("1.2.3\\1.2.4")]
    public void UID_that_answers_would_not_repeat_is_told(string uid)
    {
        var file = MemorySource.Read(new SyntheticInstance { HasSopInstance = false, Extra = [SyntheticElement.Text(0x00080018, "UI", uid)] }.ToArray())!;
        Assert.Equal(DicomProblem.MissingUid, file.ProblemDetail!.Id);
    }

    [Fact]
    public void Pixel_data_that_say_to_be_a_sequence_are_not_converted_to_implicit()
    {
        var sequence = SyntheticElement.Sequence(0x7FE00010, false, [SyntheticElement.Text(0x00081150, "UI", "1.2")]);
        var file = MemorySource.Read(new SyntheticInstance { HasPixelData = false, Extra = [sequence] }.ToArray())!;
        Assert.Null(file.Problem);
        Assert.Throws<DicomNotConvertibleException>(() => file.OpenDataset(DicomTransferSyntax.ImplicitVRLittleEndian));
    }

    [Fact]
    public void Fragments_that_no_syntax_explains_are_told()
    {
        foreach (var stated in new[] { Explicit, Deflated, "" })
        {
            var file = MemorySource.Read(new SyntheticInstance { TransferSyntax = JpegBaseline, StatedTransferSyntax = stated }.ToArray())!;
            Assert.Equal(DicomProblem.Malformed, file.ProblemDetail!.Id);
            Assert.Contains("(7FE0,0010) PixelData is compressed, and nothing says how", file.Problem, StringComparison.Ordinal);
        }
        var bare = MemorySource.Read(new SyntheticInstance { TransferSyntax = JpegBaseline, HasMeta = false, HasPreamble = false }.ToArray())!;
        Assert.Contains("nothing says how", bare.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Undefined_length_of_text_is_told()
    {
        var text = new SyntheticInstance { TransferSyntax = Implicit, Extra = [SyntheticElement.Sequence(0x00104000, true, [SyntheticElement.Text(0x00081150, "UI", "1.2")])] };
        Assert.Contains("(0010,4000) PatientComments", MemorySource.Read(text.ToArray())!.Problem, StringComparison.Ordinal);
        var unlimited = new SyntheticInstance { Extra = [SyntheticElement.Bytes(0x00091001, "UT", []) with { IsUndefinedLength = true }] };
        Assert.Contains("(0009,1001)", MemorySource.Read(unlimited.ToArray())!.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_behind_trailing_zeros_are_told()
    {
        foreach (var canSeek in new[] { true, false })
        {
            Assert.Null(MemorySource.Read(new SyntheticInstance { Trailing = new byte[5000] }.ToArray(), canSeek)!.Problem);
            var file = MemorySource.Read(new SyntheticInstance { Trailing = [.. new byte[5000], 1, 2] }.ToArray(), canSeek)!;
            Assert.Equal(DicomProblem.Malformed, file.ProblemDetail!.Id);
        }
    }

    [Fact]
    public void Preamble_whose_marker_was_left_out_is_read()
    {
        var whole = new SyntheticInstance().ToArray();
        var file = MemorySource.Read([.. whole[..128], .. whole[132..]])!;
        Assert.Equal((Explicit, null), (file.TransferSyntaxUid, file.Problem));
    }

    [Theory]
    [InlineData(0x00081140u, "LO", "text")]
    [InlineData(0x00280010u, "UL", "\u0010\0\0\0")]
    [InlineData(0x00280010u, "IS", "16")]
    [InlineData(0x00181050u, "FD", "\0\0\0\0\0\0\0\0")]
    [InlineData(0x00189087u, "FL", "\0\0\0\0")]
    [InlineData(0x00280011u, "SS", "\0\u0080")]
    [InlineData(0x00081140u, "UN", "text")]
    [InlineData(0x00081140u, "--", "text")]
    public void VR_that_the_dictionary_contradicts_is_not_converted_to_implicit(uint tag, string vr, string value)
    {
        var instance = new SyntheticInstance { Extra = [SyntheticElement.Bytes(tag, vr, Encoding.Latin1.GetBytes(value))] };
        var file = MemorySource.Read(instance.ToArray())!;
        Assert.Null(file.Problem);
        Assert.Equal(Convert.ToHexString(instance.Dataset()), Convert.ToHexString(file.OpenDataset().ReadAll()));
        var error = Assert.Throws<DicomNotConvertibleException>(() => file.OpenDataset(DicomTransferSyntax.ImplicitVRLittleEndian));
        Assert.Contains(new DicomTag(tag).ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal(DicomProblem.NotConvertible, error.ErrorId);
    }

    [Fact]
    public void Sequence_where_the_dictionary_has_text_is_not_converted_to_implicit()
    {
        var instance = new SyntheticInstance { Extra = [SyntheticElement.Sequence(0x00104000, true, [SyntheticElement.Text(0x00081150, "UI", "1.2")])] };
        Assert.Throws<DicomNotConvertibleException>(() => MemorySource.Read(instance.ToArray())!.OpenDataset(DicomTransferSyntax.ImplicitVRLittleEndian));
    }

    [Theory]
    [InlineData(0x00081030u, "SH", "text")]
    [InlineData(0x00080060u, "LO", "CT")]
    [InlineData(0x00081140u, "LO", "")]
    [InlineData(0x00280011u, "SS", "\u0010\0")]
    [InlineData(0x00091001u, "FD", "\0\0\0\0\0\0\0\0")]
    [InlineData(0x00280106u, "SS", "\0\u0080")]
    [InlineData(0x00280011u, "UN", "\u0010\0")]
    public void Harmless_contradictions_are_converted(uint tag, string vr, string value)
    {
        var instance = new SyntheticInstance { Extra = [SyntheticElement.Bytes(tag, vr, Encoding.Latin1.GetBytes(value))] };
        var converted = MemorySource.Read(instance.ToArray())!.OpenDataset(DicomTransferSyntax.ImplicitVRLittleEndian).ReadAll();
        Assert.Equal(Convert.ToHexString((instance with { TransferSyntax = Implicit }).Dataset()), Convert.ToHexString(converted));
    }

    private static byte[] With(byte[] element, string patientName)
    {
        var whole = new SyntheticInstance { PatientName = patientName }.ToArray();
        var at = whole.AsSpan().IndexOf(Encode(SyntheticElement.Text(0x00100010, "PN", patientName), true, false));
        return [.. whole[..at], .. element, .. whole[at..]];
    }
}
