using FlywheelDicom.Transfer.Reporting;

namespace FlywheelDicom.Unit.Transfer.Reporting;

public sealed class RowNamesTests
{
    private static readonly DicomDestination s_destination = new() { Host = "pacs" };

    private static string[] Rows(params (string Name, string? Path)[] origins)
    {
        var tally = new SendTally();
        foreach (var (name, path) in origins)
        {
            tally.Add(new DicomSendResult
            {
                Name = name, Origin = new DicomOrigin { FileName = name, LocalPath = path }, Destination = s_destination, Status = DicomSendStatus.Sent,
            });
        }
        return [.. tally.Rows.Select(r => r.FileName)];
    }

    [Fact]
    public void Files_of_one_name_get_as_much_of_their_path_as_tells_them_apart()
    {
        Assert.Equal(["S1/IM1", "S2/IM1", "IM2"], Rows(("IM1", "/d/study/S1/IM1"), ("IM1", "/d/study/S2/IM1"), ("IM2", "/d/study/S2/IM2")));
        Assert.Equal(["a/S1/IM1", "b/S1/IM1", "a/S2/IM1"], Rows(("IM1", "/d/a/S1/IM1"), ("IM1", "/d/b/S1/IM1"), ("IM1", "/d/a/S2/IM1")));
        Assert.Equal(["d/IM1", "a/x/IM1", "b/x/IM1"], Rows(("IM1", "/d/IM1"), ("IM1", "/a/x/IM1"), ("IM1", "/b/x/IM1")));
        // Two folders that were given, each with a path below it.
        Assert.Equal(["a/S1/IM1", "b/S1/IM1"], Rows(("S1/IM1", "/d/a/S1/IM1"), ("S1/IM1", "/d/b/S1/IM1")));
    }

    [Fact]
    public void Names_that_differ_stay_as_they_are() => Assert.Equal(["IM1", "S1/IM1", "nowhere"], Rows(("IM1", "/d/IM1"), ("S1/IM1", "/d/S1/IM1"), ("nowhere", null)));

    [Fact]
    public void Longer_name_that_another_file_has_gives_way_to_the_whole_path()
        => Assert.Equal(["/d/S1/IM1", "S2/IM1", "/e/S1/IM1"], Rows(("IM1", "/d/S1/IM1"), ("IM1", "/d/S2/IM1"), ("S1/IM1", "/e/S1/IM1")));

    [Fact]
    public void One_file_is_one_row() => Assert.Equal(["IM1"], Rows(("IM1", "/d/IM1"), ("IM1", "/d/IM1")));
}
