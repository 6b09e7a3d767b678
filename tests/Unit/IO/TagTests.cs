using System.IO.Compression;
using FlywheelDicom.TestSupport;
using static FlywheelDicom.TestSupport.SyntheticInstance;

namespace FlywheelDicom.Unit.IO;

/// <summary>The bytes after tagging are held against those that the generator writes with the same elements in their places.</summary>
public class TagTests
{
    private const string Ours = "Flywheel";
    private const string Text = "DICOM send";

    private static SyntheticElement Lo(uint tag, string value) => SyntheticElement.Text(tag, "LO", value);

    public static TheoryData<string, SyntheticElement[], SyntheticElement[]> Cases { get; } = new()
    {
        { "no block", [], [Lo(0x00210010, Ours), Lo(0x00211000, Text)] },
        { "our block, empty", [Lo(0x00210010, Ours)], [Lo(0x00211000, Text)] },
        { "our block with the value", [Lo(0x00210010, Ours), Lo(0x00211000, Text)], [] },
        { "our block with the value further on", [Lo(0x00210010, Ours), Lo(0x00211000, "other"), Lo(0x00211007, Text)], [] },
        { "our block with another value", [Lo(0x00210010, Ours), Lo(0x00211000, "other")], [Lo(0x00211001, Text)] },
        { "our block with an empty element", [Lo(0x00210010, Ours), Lo(0x00211000, "")], [Lo(0x00211001, Text)] },
        { "another vendor at 0010", [Lo(0x00210010, "ACME"), Lo(0x00211000, "x")], [Lo(0x00210011, Ours), Lo(0x00211100, Text)] },
        { "creator in other case", [Lo(0x00210012, "FLYWHEEL")], [Lo(0x00211200, Text)] },
        { "creator padded with spaces", [Lo(0x00210010, "Flywheel    ")], [Lo(0x00211000, Text)] },
        { "value in other case", [Lo(0x00210010, Ours), Lo(0x00211000, "dicom SEND ")], [] },
        { "orphan data under 0010", [Lo(0x00211001, "orphan")], [Lo(0x00210011, Ours), Lo(0x00211100, Text)] },
        { "a gap between creators", [Lo(0x00210010, "A"), Lo(0x00210012, "B")], [Lo(0x00210011, Ours), Lo(0x00211100, Text)] },
        {
            "all creators but the last", [.. Enumerable.Range(0x10, 0xEF).Select(b => Lo(0x00210000u + (uint)b, $"V{b}"))],
            [Lo(0x002100FF, Ours), Lo(0x0021FF00, Text)]
        },
        {
            "our block full but its last", [Lo(0x00210010, Ours), .. Enumerable.Range(0, 255).Select(e => Lo(0x00211000u + (uint)e, "x"))],
            [Lo(0x002110FF, Text)]
        },
        { "group 0021 is the last", [Lo(0x00200010, "1"), Lo(0x00210010, "ACME")], [Lo(0x00210011, Ours), Lo(0x00211100, Text)] },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Tag_stands_where_the_standard_wants_it_and_all_else_stays(string name, SyntheticElement[] before, SyntheticElement[] added)
    {
        foreach (var syntax in new[] { Explicit, Implicit, BigEndian, Deflated, Jpeg2000 })
        {
            foreach (var hasGroupLengths in new[] { false, true })
            {
                foreach (var hasPixels in new[] { true, false })
                {
                    var source = new SyntheticInstance { TransferSyntax = syntax, HasGroupLengths = hasGroupLengths, HasPixelData = hasPixels, Extra = before };
                    var file = MemorySource.Read(source.ToArray(), canSeek: hasPixels)!;
                    file.AddPrivateValue(new PrivateValue(0x21, Ours, Text));
                    Assert.True(file.Problem is null, $"{name}, {syntax}: {file.Problem}");
                    // A group that was not there gets no length, though others have theirs.
                    var withoutLength = before.Any(e => e.Tag >> 16 == 0x21) ? -1 : 0x21;
                    var expected = (source with { Extra = [.. before, .. added], GroupWithoutLength = withoutLength }).Dataset();
                    var actual = file.OpenDataset().ReadAll();
                    if (added.Length == 0)
                        Assert.True(source.ToArray().AsSpan().EndsWith(actual), $"{name}, {syntax}");
                    if (syntax == Deflated)
                    {
                        Assert.Equal(0, actual.Length % 2);
                        actual = new DeflateStream(new MemoryStream(actual), CompressionMode.Decompress).ReadAll();
                    }
                    else
                        Assert.Equal(expected.Length, file.DatasetLength);
                    Assert.True(expected.AsSpan().SequenceEqual(actual), $"{name}, {syntax}, group lengths {hasGroupLengths}, pixels {hasPixels}");
                }
            }
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Tagging_twice_changes_nothing_more(string name, SyntheticElement[] before, SyntheticElement[] added)
    {
        var file = MemorySource.Read(new SyntheticInstance { Extra = before }.ToArray())!;
        file.AddPrivateValue(new PrivateValue(0x21, Ours, Text));
        var once = file.OpenRead().ReadAll();
        file.AddPrivateValue(new PrivateValue(0x21, Ours, Text));
        var again = MemorySource.Read(once)!;
        again.AddPrivateValue(new PrivateValue(0x21, Ours, Text));
        Assert.True(once.AsSpan().SequenceEqual(file.OpenRead().ReadAll()), name);
        Assert.True(once.AsSpan().SequenceEqual(again.OpenRead().ReadAll()), name);
        Assert.True(added.Length is >= 0 and <= 2);
    }

    [Theory]
    [InlineData(Explicit)]
    [InlineData(Jpeg2000)]
    public void Group_beyond_pixel_data_is_tagged_behind_it(string syntax)
    {
        foreach (var canSeek in new[] { true, false })
        {
            var source = new SyntheticInstance { TransferSyntax = syntax };
            var file = MemorySource.Read(source.ToArray(), canSeek)!;
            file.AddPrivateValue(new PrivateValue(0x7FE1, Ours, Text));
            byte[] expected = [.. source.Dataset(), .. SyntheticInstance.Encode(Lo(0x7FE10010, Ours), true, false), .. SyntheticInstance.Encode(Lo(0x7FE11000, Text), true, false)];
            Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(file.OpenDataset().ReadAll()));
            var again = MemorySource.Read(file.OpenRead().ReadAll(), canSeek)!;
            again.AddPrivateValue(new PrivateValue(0x7FE1, Ours, Text));
            Assert.Equal(expected.Length, again.DatasetLength);
        }
    }

    [Fact]
    public void No_room_is_a_problem_that_names_the_group()
    {
        var creators = Enumerable.Range(0x10, 0xF0).Select(b => Lo(0x00210000u + (uint)b, $"V{b}")).ToArray();
        var full = MemorySource.Read(new SyntheticInstance { Extra = creators }.ToArray())!;
        full.AddPrivateValue(new PrivateValue(0x21, Ours, Text));
        Assert.Equal(DicomProblem.NoPrivateBlock, full.ProblemDetail!.Id);
        Assert.Contains("0x0021", full.Problem, StringComparison.Ordinal);

        var block = Enumerable.Range(0, 256).Select(e => Lo(0x00211000u + (uint)e, "x")).Prepend(Lo(0x00210010, Ours)).ToArray();
        var packed = MemorySource.Read(new SyntheticInstance { Extra = block }.ToArray())!;
        packed.AddPrivateValue(new PrivateValue(0x21, Ours, Text));
        Assert.Equal(DicomProblem.NoPrivateBlock, packed.ProblemDetail!.Id);
    }

    [Theory]
    [InlineData(0x20)]
    [InlineData(0x07)]
    [InlineData(0x08)]
    [InlineData(0xFFFF)]
    [InlineData(-1)]
    [InlineData(0x10021)]
    public void Group_that_cannot_be_private_is_refused(int group) => Assert.Throws<ArgumentException>(() => new PrivateValue(group, Ours, Text));

    [Theory]
    [InlineData("")]
    [InlineData("a\\b")]
    [InlineData("ä")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void Text_that_does_not_fit_is_refused(string text)
    {
        Assert.ThrowsAny<ArgumentException>(() => new PrivateValue(0x21, text, Text));
        Assert.ThrowsAny<ArgumentException>(() => new PrivateValue(0x21, Ours, text));
    }
}
