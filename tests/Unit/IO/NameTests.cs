using FlywheelDicom.IO;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.IO;

/// <summary>How private elements and steps of a path are named, and who counts the users of a source.</summary>
public sealed class NameTests
{
    [Theory]
    [InlineData(0x0009, "x", true)]
    [InlineData(0xFFFD, "x", true)]
    [InlineData(0x0008, "x", false)]
    [InlineData(0x0007, "x", false)]
    [InlineData(0xFFFF, "x", false)]
    [InlineData(0x0010, "x", false)]
    [InlineData(0x0021, " x~ ", true)]
    [InlineData(0x0021, "", false)]
    [InlineData(0x0021, " ", false)]
    [InlineData(0x0021, "a\\b", false)]
    [InlineData(0x0021, "a\u007F", false)]
    [InlineData(0x0021, "a\u001Fb", false)]
    public void Private_value_is_one_that_its_VR_can_hold(int group, string text, bool isGood)
    {
        if (isGood)
        {
            var value = new PrivateValue(group, text, text);
            Assert.Equal((group, text.Trim(), text.Trim()), (value.Group, value.Identifier, value.Value));
            return;
        }
        Assert.ThrowsAny<ArgumentException>(() => new PrivateValue(group, text, "x"));
        Assert.ThrowsAny<ArgumentException>(() => new PrivateValue(group, "x", text));
    }

    [Fact]
    public void Private_value_has_64_characters_at_most()
    {
        Assert.Equal(64, new PrivateValue(0x21, new string('x', 64), "x").Identifier.Length);
        Assert.Throws<ArgumentException>(() => new PrivateValue(0x21, new string('x', 65), "x"));
    }

    [Theory]
    [InlineData("PatientName", 0x00100010u, null)]
    [InlineData("(0021,xx01:Acme)", 0x00210001u, "Acme")]
    [InlineData("0021,XXfF:'Acme 1~'", 0x002100FFu, "Acme 1~")]
    [InlineData("0009,xx01:A B", 0x00090001u, "A B")]
    public void Element_is_named_by_tag_or_creator(string text, uint tag, string? creator) => Assert.Equal(new ElementName(new DicomTag(tag), creator), ElementName.Parse(text));

    [Theory]
    [InlineData("0008,xx01:Acme")]
    [InlineData("0007,xx01:Acme")]
    [InlineData("0010,xx01:Acme")]
    [InlineData("FFFF,xx01:Acme")]
    [InlineData("0021,xx01:")]
    [InlineData("0021,xx0g:Acme")]
    [InlineData("002g,xx01:Acme")]
    [InlineData("0021,xx01:A\\B")]
    [InlineData("0021,xx01:A\u007F")]
    [InlineData("0021,yy01:Acme")]
    public void Name_of_a_private_element_that_is_none_is_told(string text) => Assert.Throws<FormatException>(() => ElementName.Parse(text));

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Creator_is_as_long_as_its_VR_allows(int length, bool isGood)
    {
        var text = "0021,xx01:" + new string('x', length);
        if (isGood)
            Assert.Equal(length, ElementName.Parse(text).Creator!.Length);
        else
            Assert.Throws<FormatException>(() => ElementName.Parse(text));
    }

    [Theory]
    [InlineData("0021,xx01:Acme", 0x00211001u, "acme ", true)]
    [InlineData("0021,xx00:Acme", 0x00211000u, "Acme", true)]
    [InlineData("0021,xx01:Acme", 0x00211201u, "Acme", true)]
    [InlineData("0021,xx01:Acme", 0x00211002u, "Acme", false)]
    [InlineData("0021,xx01:Acme", 0x00231001u, "Acme", false)]
    [InlineData("0021,xx01:Acme", 0x00210001u, "Acme", false)]
    [InlineData("0021,xx01:Acme", 0x00211001u, "Other", false)]
    [InlineData("0021,xx01:Acme", 0x00211001u, null, false)]
    [InlineData("00211001", 0x00211001u, "Acme", true)]
    [InlineData("00211001", 0x00211002u, "Acme", false)]
    public void Name_is_that_of_an_element_in_the_block_of_its_creator(string name, uint tag, string? creator, bool expected)
        => Assert.Equal(expected, ElementName.Parse(name).IsNameOf(new DicomTag(tag), creator));

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(0, 1, false)]
    [InlineData(PathStep.AllItems, 1, true)]
    [InlineData(1, PathStep.AllItems, true)]
    [InlineData(PathStep.AllItems, PathStep.AllItems, true)]
    public void Steps_meet_where_they_may_lead_to_one_item(int one, int other, bool expected)
    {
        var name = ElementName.Parse("ReferencedStudySequence");
        Assert.Equal(expected, new PathStep(name, one).Meets(new PathStep(name, other)));
        Assert.False(new PathStep(name, one).Meets(new PathStep(ElementName.Parse("ReferencedSeriesSequence"), other)));
    }

    [Theory]
    [InlineData("ReferencedStudySequence", 2, "ReferencedStudySequence[2]")]
    [InlineData("ReferencedStudySequence", PathStep.AllItems, "ReferencedStudySequence[*]")]
    [InlineData("(0021,xx01:Acme)", 0, "(0021,xx01:Acme)[0]")]
    public void Step_is_written_as_it_is_read(string name, int index, string expected) => Assert.Equal(expected, new PathStep(ElementName.Parse(name), index).ToString());

    [Theory]
    [InlineData("", 0x10)]
    [InlineData("10", 0x11)]
    [InlineData("10 12", 0x11)]
    [InlineData("1001", 0x11)]
    [InlineData("10 1001 1101", 0x12)]
    public void First_free_block_is_found(string taken, int expected)
    {
        var extra = taken.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(e => SyntheticElement.Text(0x00210000u + Convert.ToUInt32(e, 16), "LO", "A")).ToArray();
        var dataset = MemorySource.Read(new SyntheticInstance { Extra = extra }.ToArray())!.Dataset;
        Assert.Equal(expected, PrivateBlocks.FindFree(dataset, 0x21, _ => false));
        Assert.Equal(expected == 0x11 ? 0x12 + (taken == "10 12" ? 1 : 0) : expected + 1, PrivateBlocks.FindFree(dataset, 0x21, t => t.Element == expected));
        Assert.Equal(0xFF, PrivateBlocks.FindFree(dataset, 0x21, t => t.Element < 0xFF));
        Assert.Null(PrivateBlocks.FindFree(dataset, 0x21, _ => true));
    }

    [Theory]
    [InlineData(0x0010)]
    [InlineData(0x00FF)]
    public void Block_of_a_creator_is_found(int block)
    {
        var dataset = MemorySource.Read(new SyntheticInstance { Extra = [SyntheticElement.Text(0x00210000u + (uint)block, "LO", "Acme")] }.ToArray())!.Dataset;
        Assert.Equal(block, PrivateBlocks.Find(dataset, 0x21, "ACME"));
        Assert.Null(PrivateBlocks.Find(dataset, 0x21, "Other"));
        Assert.Null(PrivateBlocks.Find(dataset, 0x23, "Acme"));
    }

    [Fact]
    public void Source_is_held_once_for_each_instance_that_is_not_released()
    {
        var source = new Counting();
        var hold = new SourceHold(source);
        Assert.Equal("R", source.Calls);
        hold.Claim();
        Assert.Equal("RC", source.Calls);
        hold.Release();
        Assert.Equal("RCr", source.Calls);
        hold.Claim();
        Assert.Equal("RCrRC", source.Calls);
        hold.Claim();
        Assert.Equal("RCrRCC", source.Calls);
    }

    private sealed class Counting : DicomSource
    {
        public string Calls { get; private set; } = "";
        public override long Length => 0;
        public override Stream Open() => throw new NotSupportedException();
        public override void Retain() => Calls += "R";
        public override void Claim() => Calls += "C";
        public override void Release() => Calls += "r";
    }
}
