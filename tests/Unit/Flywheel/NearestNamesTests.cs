using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Unit.Flywheel;

public sealed class NearestNamesTests
{
    [Fact]
    public void The_nearest_come_first_and_no_more_than_are_asked_for()
    {
        string[] names = ["zebra", "trial B", "Trial A", "Trial", "Trail A", "trial A 2"];
        Assert.Equal(["Trial A", "Trial", "trial A 2", "trial B"], NearestNames.Of("trial a", names, 4));
    }

    [Fact]
    public void A_name_is_told_once() => Assert.Equal(["a", "b"], NearestNames.Of("a", ["b", "a", "a"], 10));

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("S01", "S001", 1)]
    public void Changes_are_counted(string one, string other, int changes) => Assert.Equal(changes, NearestNames.Changes(one, other));
}
