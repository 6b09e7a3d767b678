using FlywheelDicom.Transfer.Reporting;

namespace FlywheelDicom.Unit.Transfer.Reporting;

public class ReportNameTests
{
    private const string Start = "dicom-send_report-";
    private const string Time = "_2026-01-02_03-04-05";
    private static readonly DicomDestination s_destination = new() { Host = "pacs" };

    /// <summary>The label of the one session, else of what was asked for, else that of the first.</summary>
    [Theory]
    [InlineData("one", "project", "p", "one")]
    [InlineData("one,one", "project", "p", "one")]
    [InlineData("one,two", "project", "p", "p")]
    [InlineData("one,two", null, null, "one")]
    [InlineData("one", null, null, "one")]
    public void Sessions_give_their_name(string sessions, string? scope, string? scopeLabel, string expected)
    {
        var origins = sessions.Split(',').Select((s, i) => new DicomOrigin
        {
            FileName = $"f{i}", SessionId = s, SessionLabel = s, AcquisitionId = $"a{i}", AcquisitionLabel = $"acq{i}", Scope = scope is null ? null : new DicomOriginScope(scope, "id", scopeLabel!),
        });
        Assert.Equal(Start + expected + Time, Name([.. origins]));
    }

    [Theory]
    [InlineData("acquisition", "acq", "s_acq")]
    [InlineData("acquisition", null, "s")]
    [InlineData("session", "acq", "s")]
    public void Acquisition_stands_behind_its_session_where_it_was_asked_for(string scope, string? label, string expected)
        => Assert.Equal(Start + expected + Time, Name(new DicomOrigin { FileName = "f", SessionId = "1", SessionLabel = "s", AcquisitionLabel = label, Scope = new DicomOriginScope(scope, "id", "x") }));

    public static TheoryData<DicomOrigin[], string> Local => new()
    {
        { [], "empty" },
        { [Of("a.zip", "/d/a.zip", "/d")], "a.zip" },
        { [Of("S1/IM1", "/d/S1/IM1", "/d")], "IM1" },
        { [Of("S1/IM1", "/d/S1/IM1", "/in/study"), Of("S1/IM2", "/d/S1/IM2", "/other")], "study" },
        { [Of("S1/IM1", "/d/S1/IM1", "/in/study/"), Of("S1/IM2", "/d/S1/IM2", "/other")], "study" },
        { [Of("S1/IM1", "/d/S1/IM1", null), Of("S1/IM2", "/d/S1/IM2", null)], "S1_IM1" },
        { [Of("S1/IM1", "/d/S1/IM1", "/"), Of("S1/IM2", "/d/S1/IM2", "/")], "S1_IM1" },
    };

    [Theory]
    [MemberData(nameof(Local))]
    public void Local_input_gives_its_file_or_what_was_given(DicomOrigin[] origins, string expected) => Assert.Equal(Start + expected + Time, Name(origins));

    [Theory]
    [InlineData("a<b>c:d\"e/f\\g|h?i*j#k%l&m;n", "a_b_c_d_e_f_g_h_i_j_k_l_m_n")]
    [InlineData("..a. ", "a")]
    [InlineData(" . ", "unnamed")]
    [InlineData("...", "unnamed")]
    [InlineData("T2* x", "T2_ x")]
    public void Label_becomes_a_name_that_every_system_takes(string label, string expected)
        => Assert.Equal(Start + expected + Time, Name(new DicomOrigin { FileName = "f", SessionId = "1", SessionLabel = label }));

    [Theory]
    [InlineData("T2* x", "t2star x")]
    [InlineData("M\u00fcller ~ \u6f22", "Muller ~ _")]
    [InlineData("\u007f", "_u007F")]
    public void Attachment_is_called_as_in_Flywheel_and_in_ASCII(string label, string expected)
    {
        var tally = Tally(new DicomOrigin { FileName = "f", SessionId = "1", SessionLabel = label });
        Assert.Equal(Start + expected + "_2026-01-02_03:04:05_stopped.csv", ReportName.Attachment(tally, new DateTime(2026, 1, 2, 3, 4, 5), RunEnd.Stopped));
    }

    /// <summary>A name is cut so that what stands behind it still fits, and never inside a letter with its accents.</summary>
    [Theory]
    [InlineData("x", 198, "x", 198)]
    [InlineData("x", 197, "x", 197)]
    [InlineData("x", 300, "x", 198)]
    [InlineData("e\u0301", 100, "e\u0301", 66)]
    [InlineData("\u6f22", 66, "\u6f22", 66)]
    [InlineData("\u6f22", 67, "\u6f22", 66)]
    public void Long_label_is_cut_between_two_letters(string letter, int count, string expected, int expectedCount)
    {
        var label = string.Concat(Enumerable.Repeat(letter, count));
        Assert.Equal(Start + string.Concat(Enumerable.Repeat(expected, expectedCount)) + Time, Name(new DicomOrigin { FileName = "f", SessionId = "1", SessionLabel = label }));
    }

    [Fact]
    public void Name_that_ends_in_a_dot_after_it_was_cut_loses_it()
        => Assert.Equal(Start + new string('x', 197) + Time, Name(new DicomOrigin { FileName = "f", SessionId = "1", SessionLabel = new string('x', 197) + ".yyy" }));

    [Theory]
    [InlineData("a.csv", "_2", ".csv", "a_2.csv")]
    [InlineData("a.b.csv", "", ".html", "a.b.html")]
    public void File_beside_another_has_its_name(string name, string addition, string extension, string expected) => Assert.Equal(expected, ReportName.Beside(name, addition, extension));

    [Theory]
    [InlineData(251, 242)]
    [InlineData(242, 242)]
    [InlineData(241, 241)]
    public void File_beside_a_long_one_has_as_much_of_its_name_as_fits(int length, int expected)
        => Assert.Equal(new string('x', expected) + "_failures.csv", ReportName.Beside(new string('x', length) + ".csv", "_failures", ".csv"));

    private static DicomOrigin Of(string name, string path, string? given) => new() { FileName = name, LocalPath = path, GivenPath = given };

    private static SendTally Tally(params DicomOrigin[] origins)
    {
        var tally = new SendTally();
        foreach (var origin in origins)
            tally.Add(new DicomSendResult { Name = "x", Status = DicomSendStatus.Sent, Destination = s_destination, Origin = origin });
        return tally;
    }

    private static string Name(params DicomOrigin[] origins) => ReportName.Of(Tally(origins), new DateTime(2026, 1, 2, 3, 4, 5), ReportNameStyle.Local, RunEnd.Complete);
}
