using FlywheelDicom.Transfer.Flywheel;
using FlywheelDicom.Transfer.Reporting;

namespace FlywheelDicom.Unit.Transfer;

public sealed class ReportAttachmentTests
{
    [Fact]
    public void Session_that_was_not_found_does_not_cost_the_place_of_the_others()
        => Assert.Equal("subject/s", Places(Origin("p", "s", "1"), Origin("p", "s", "2"), Origin(null, null, "lost")));

    [Fact]
    public void Sessions_of_two_projects_are_attached_to_both()
        => Assert.Equal("project/p project/q", Places(Origin("p", "s", "1"), Origin("q", "t", "2")));

    [Fact]
    public void Sessions_of_one_project_are_attached_to_it()
        => Assert.Equal("project/p", Places(Origin("p", "s", "1"), Origin("p", "t", "2")));

    [Fact]
    public void What_was_asked_for_comes_first()
        => Assert.Equal("session/1", Places(Origin("p", "s", "1"), Origin("p", "s", "1")));

    [Fact]
    public void Local_input_has_no_place() => Assert.Equal("", Places(new DicomOrigin { FileName = "a.dcm" }));

    private static DicomOrigin Origin(string? project, string? subject, string session) => new()
    {
        FileName = session, ProjectId = project, SubjectId = subject, SessionId = session, Scope = new DicomOriginScope("session", session, session),
    };

    private static string Places(params DicomOrigin[] origins)
    {
        var tally = new SendTally();
        foreach (var origin in origins)
            tally.Add(new DicomSendResult { Name = origin.FileName, Origin = origin, Status = DicomSendStatus.Failed, Destination = new DicomDestination { Host = "pacs" } });
        return string.Join(' ', ReportAttachment.For(tally));
    }
}
