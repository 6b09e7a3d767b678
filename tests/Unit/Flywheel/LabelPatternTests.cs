using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Unit.Flywheel;

public sealed class LabelPatternTests
{
    [Theory]
    [InlineData("sub-0?", "sub-01", true)]
    [InlineData("sub-0?", "sub-012", false)]
    [InlineData("ses*", "Session 1", true)]
    [InlineData("ses*", "a session", false)]
    [InlineData("*", "anything", true)]
    [InlineData("*", "", true)]
    [InlineData("[a-c]1", "B1", true)]
    [InlineData("[a-c]1", "d1", false)]
    [InlineData("[c-a]1", "b1", false)]
    [InlineData("[^x]1", "^1", true)]
    [InlineData("[^x]1", "y1", false)]
    [InlineData("a[", "a[", true)]
    [InlineData("a]*", "a]b", true)]
    [InlineData("a[]*", "a[]b", true)]
    [InlineData("t2`*", "t2*", true)]
    [InlineData("t2`*", "t2x", false)]
    [InlineData("a.b*", "axb", false)]
    [InlineData("(x)*", "(x) 1", true)]
    [InlineData("*1*", "line\n1\n2", true)]
    public void A_label_is_matched_as_a_whole_and_without_case(string pattern, string label, bool matches)
        => Assert.Equal(matches, new LabelPattern(pattern).Matches(label));

    [Theory]
    [InlineData("S001", false)]
    [InlineData("S*", true)]
    [InlineData("S?", true)]
    [InlineData("S[1]", true)]
    [InlineData("<id:*>", false)]
    public void Only_wildcards_make_a_pattern(string segment, bool isPattern) => Assert.Equal(isPattern, LabelPattern.IsPattern(segment));

    [Theory]
    [InlineData("Baseline", "Baseline")]
    [InlineData("a/b", "<id:7>")]
    [InlineData("", "<id:7>")]
    [InlineData(null, "<id:7>")]
    [InlineData(" x", "<id:7>")]
    [InlineData("<id:8>", "<id:7>")]
    [InlineData("files", "<id:7>")]
    public void A_label_that_cannot_stand_in_a_path_gives_way_to_the_id(string? label, string segment) => Assert.Equal(segment, FlywheelPath.SegmentOf(label, "7"));
}
