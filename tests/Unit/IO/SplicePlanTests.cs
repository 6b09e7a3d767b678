using System.Buffers.Binary;
using FlywheelDicom.IO;
using FlywheelDicom.TestSupport;
using static FlywheelDicom.TestSupport.SyntheticInstance;

namespace FlywheelDicom.Unit.IO;

public class SplicePlanTests
{
    private static readonly DicomTag s_description = new(0x0008, 0x1030);
    private static readonly DicomTag s_name = new(0x0010, 0x0010);

    private static DicomHeader Header(SyntheticInstance instance) => HeaderScanner.Scan(new MemorySource(instance.ToArray()))!;

    private static DicomEdit Text(string value) => DicomEdit.Set(DicomVR.LO, System.Text.Encoding.ASCII.GetBytes(value));

    private static ElementEntry Entry(DicomHeader header, DicomTag tag) => header.Find(tag)!.Value;

    [Fact]
    public void No_edit_is_no_splice() => Assert.Empty(SplicePlan.Of(Header(new()), DicomEdit.None));

    [Fact]
    public void New_element_goes_in_front_of_the_next_tag()
    {
        var header = Header(new());
        var splice = Assert.Single(SplicePlan.Of(header, new Dictionary<DicomTag, DicomEdit> { [s_description] = Text("ab") }));
        Assert.Equal((Entry(header, s_name).Position, 0L), (splice.Position, splice.Removed));
        Assert.Equal(Encode(SyntheticElement.Text(0x00081030, "LO", "ab"), true, false), splice.Inserted);
    }

    [Fact]
    public void Element_that_is_there_is_replaced_whole_and_a_removal_puts_nothing_in()
    {
        var header = Header(new());
        var name = Entry(header, s_name);
        var replaced = Assert.Single(SplicePlan.Of(header, new Dictionary<DicomTag, DicomEdit> { [s_name] = Text("X ") }));
        Assert.Equal((name.Position, name.End - name.Position), (replaced.Position, replaced.Removed));
        var removed = Assert.Single(SplicePlan.Of(header, new Dictionary<DicomTag, DicomEdit> { [s_name] = DicomEdit.Removal }));
        Assert.Empty(removed.Inserted);
        Assert.Equal(-(name.End - name.Position), SplicePlan.Growth([removed]));
        Assert.Empty(SplicePlan.Of(header, new Dictionary<DicomTag, DicomEdit> { [s_description] = DicomEdit.Removal }));
    }

    [Fact]
    public void What_goes_in_at_one_place_is_one_insertion_in_tag_order()
    {
        var header = Header(new());
        var edits = new Dictionary<DicomTag, DicomEdit> { [new(0x0008, 0x103E)] = Text("b "), [s_description] = Text("a "), [s_name] = Text("c ") };
        var splice = Assert.Single(SplicePlan.Of(header, edits));
        Assert.Equal(Entry(header, s_name).End - Entry(header, s_name).Position, splice.Removed);
        Assert.Equal([0x08, 0x00, 0x30, 0x10], splice.Inserted[..4]);
        Assert.Equal([0x08, 0x00, 0x3E, 0x10], splice.Inserted[10..14]);
        Assert.Equal([0x10, 0x00, 0x10, 0x00], splice.Inserted[20..24]);
    }

    [Fact]
    public void Positions_ascend_and_never_overlap()
    {
        var header = Header(new() { HasGroupLengths = true });
        var edits = header.Entries.Where(e => !e.Tag.IsGroupLength).ToDictionary(e => e.Tag, e => e.Tag.Element % 2 == 0 ? Text("ab") : DicomEdit.Removal);
        var plan = SplicePlan.Of(header, edits);
        for (var i = 1; i < plan.Length; i++)
            Assert.True(plan[i].Position >= plan[i - 1].Position + plan[i - 1].Removed);
    }

    [Theory]
    [InlineData(Explicit)]
    [InlineData(BigEndian)]
    public void Length_of_the_group_follows(string syntax)
    {
        var header = Header(new() { TransferSyntax = syntax, HasGroupLengths = true });
        var stated = Entry(header, new(0x0010, 0x0000));
        var plan = SplicePlan.Of(header, new Dictionary<DicomTag, DicomEdit> { [s_name] = DicomEdit.Removal });
        var correction = Assert.Single(plan, s => s.Position == stated.ValuePosition);
        var id = Entry(header, new(0x0010, 0x0020));
        var length = syntax == BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(correction.Inserted) : BinaryPrimitives.ReadUInt32LittleEndian(correction.Inserted);
        Assert.Equal((4L, id.End - id.Position), (correction.Removed, (long)length));
    }

    [Fact]
    public void Repair_of_an_edited_element_goes_with_it_and_others_stay()
    {
        var header = Header(new()
        {
            Extra = [SyntheticElement.Text(0x00081030, "LO", "odd") with { IsUnpadded = true }, SyntheticElement.Text(0x0008103E, "LO", "odd") with { IsUnpadded = true }],
        });
        Assert.Equal(4, header.Repairs.Length);
        var plan = SplicePlan.Of(header, new Dictionary<DicomTag, DicomEdit> { [s_description] = DicomEdit.Removal });
        Assert.Equal(3, plan.Length);
        Assert.Equal(Entry(header, s_description).Position, plan[0].Position);
    }

    [Theory]
    [InlineData(Explicit, 12)]
    [InlineData(BigEndian, 12)]
    [InlineData(Implicit, 8)]
    public void Value_beyond_a_short_length_goes_as_UN_where_VRs_stand(string syntax, int header)
    {
        var value = new byte[65_536];
        value[0] = 1;
        var splice = Assert.Single(SplicePlan.Of(Header(new() { TransferSyntax = syntax }), new Dictionary<DicomTag, DicomEdit> { [new(0x0028, 0x3006)] = DicomEdit.Set(DicomVR.US, value) }));
        Assert.Equal(header + value.Length, splice.Inserted.Length);
        if (header == 12)
            Assert.Equal("UN"u8.ToArray(), splice.Inserted[4..6]);
        Assert.Equal(1, splice.Inserted[header]);
    }
}
