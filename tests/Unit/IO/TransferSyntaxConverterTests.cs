using FlywheelDicom.IO;
using FlywheelDicom.TestSupport;
using static FlywheelDicom.TestSupport.SyntheticInstance;

namespace FlywheelDicom.Unit.IO;

public class TransferSyntaxConverterTests
{
    private static byte[] Convert(byte[] dataset, string from, string to)
        => new TransferSyntaxConverter(new MemoryStream(dataset), DicomTransferSyntax.Lookup(from), DicomTransferSyntax.Lookup(to)).ReadAll();

    private static byte[] One(SyntheticElement element, string syntax) => Encode(element, syntax != Implicit, syntax == BigEndian);

    public static TheoryData<string, SyntheticElement> Elements { get; } = new()
    {
        { "text", SyntheticElement.Text(0x00081030, "LO", "text") },
        { "16 bits", SyntheticElement.Bytes(0x00280010, "US", [1, 2]) },
        { "32 bits", SyntheticElement.Bytes(0x00186020, "SL", [1, 2, 3, 4]) },
        { "64 bits", SyntheticElement.Bytes(0x00189087, "FD", [1, 2, 3, 4, 5, 6, 7, 8]) },
        { "a tag", SyntheticElement.Bytes(0x00209165, "AT", [0x10, 0, 0x20, 0]) },
        { "bytes", SyntheticElement.Bytes(0x00420011, "OB", [1, 2, 3, 4]) },
        { "words", SyntheticElement.Bytes(0x00281201, "OW", [1, 2, 3, 4]) },
        { "nothing", SyntheticElement.Text(0x00081030, "LO", "") },
        { "a sequence", SyntheticElement.Sequence(0x00081140, true, [SyntheticElement.Bytes(0x00280010, "US", [1, 2])], []) },
        { "an empty sequence", SyntheticElement.Sequence(0x00081140, true) },
    };

    [Theory, MemberData(nameof(Elements))]
    public void Element_turns_into_each_syntax_and_back(string what, SyntheticElement element)
    {
        foreach (var from in new[] { Implicit, Explicit, BigEndian })
        {
            foreach (var to in new[] { Implicit, Explicit, BigEndian })
            {
                var converted = Convert(One(element, from), from, to);
                Assert.True(One(element, to).AsSpan().SequenceEqual(converted), $"{what}, {from} to {to}: {System.Convert.ToHexString(converted)}");
            }
        }
    }

    [Fact]
    public void Sequences_of_defined_length_lose_it_and_group_lengths_go()
    {
        SyntheticElement Items(bool isUndefined) => SyntheticElement.Sequence(0x00081140, isUndefined, [SyntheticElement.Text(0x00081150, "UI", "1.2.3")]);
        byte[] source = [.. One(SyntheticElement.Bytes(0x00080000, "UL", [50, 0, 0, 0]), Explicit), .. One(Items(false), Explicit)];
        Assert.Equal(One(Items(true), Implicit), Convert(source, Explicit, Implicit));
    }

    [Fact]
    public void Implicit_sign_and_width_follow_the_attributes_that_say_so()
    {
        byte[] Source(ushort signed, ushort bits) =>
        [
            .. One(SyntheticElement.UInt16(0x00280100, bits), Implicit), .. One(SyntheticElement.UInt16(0x00280103, signed), Implicit),
            .. One(SyntheticElement.Bytes(0x00280106, "US", [1, 0]), Implicit), .. One(SyntheticElement.Bytes(0x7FE00010, "OW", [1, 2]), Implicit),
        ];
        string Codes(byte[] converted) => string.Concat(new[] { 24, 34 }.Select(at => System.Text.Encoding.ASCII.GetString(converted, at, 2)));
        byte[] unsigned = Convert(Source(0, 16), Implicit, Explicit), signed = Convert(Source(1, 8), Implicit, Explicit);
        Assert.Equal("US", Codes(unsigned)[..2]);
        Assert.Equal("SS", Codes(signed)[..2]);
        Assert.Equal("OW"u8.ToArray(), unsigned[34..36]);
        Assert.Equal("OB"u8.ToArray(), signed[34..36]);
    }

    [Theory]
    [InlineData(Explicit)]
    [InlineData(BigEndian)]
    public void Value_too_long_for_its_VR_goes_as_UN_and_keeps_its_byte_order(string target)
    {
        var value = new byte[65_536];
        value[0] = 1;
        var converted = Convert(One(SyntheticElement.Bytes(0x00280010, "US", value), Implicit), Implicit, target);
        Assert.Equal(One(SyntheticElement.Bytes(0x00280010, "UN", value), target), converted);
    }

    [Fact]
    public void Element_without_VR_goes_as_UN_to_another_byte_order_and_plain_to_implicit()
    {
        var odd = SyntheticElement.Text(0x001021B0, "--", "text");
        byte[] source = [.. One(odd, Explicit), .. One(SyntheticElement.Text(0x00104000, "LT", "next"), Explicit)];
        byte[] Expected(string vr, string syntax) => [.. One(odd with { VR = vr }, syntax), .. One(SyntheticElement.Text(0x00104000, "LT", "next"), syntax)];
        Assert.Equal(Expected("UN", BigEndian), Convert(source, Explicit, BigEndian));
        Assert.Equal(Expected("--", Implicit), Convert(source, Explicit, Implicit));
    }

    [Fact]
    public void Values_longer_than_a_chunk_are_swapped_in_whole_units()
    {
        var value = new byte[100_002];
        new Random(3).NextBytes(value);
        var pixels = SyntheticElement.Bytes(0x7FE00010, "OW", value);
        Assert.Equal(One(pixels, BigEndian), Convert(One(pixels, Explicit), Explicit, BigEndian));
    }
}
