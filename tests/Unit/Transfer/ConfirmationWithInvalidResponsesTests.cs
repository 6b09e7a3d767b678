using System.Diagnostics;
using System.Threading.Channels;
using FlywheelDicom.Network.Services;
using FlywheelDicom.Network.Wire;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Confirmation;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>What an archive may say to a query or of a commitment, and what it proves.</summary>
public class ConfirmationWithInvalidResponsesTests
{
    private static readonly TimeSpan s_enough = TimeSpan.FromSeconds(30);

    private static DicomSendResult Sent(int port, int number) => new()
    {
        Name = $"{number}", Origin = new DicomOrigin { FileName = "x" }, SopClassUid = SyntheticInstance.CTImage, SopInstanceUid = $"1.2.{number}", StudyInstanceUid = "1.2",
        SeriesInstanceUid = "1.3", Status = DicomSendStatus.Sent, Destination = new DicomDestination { Host = "127.0.0.1", Port = port, CalledAE = "PEER" },
    };

    private static async Task<List<DicomSendResult>> ConfirmAsync(PeerBehaviour behaviour, int count)
    {
        using var peer = new ScriptedPeer(behaviour);
        var input = Channel.CreateUnbounded<DicomSendResult>();
        for (var i = 1; i <= count; i++)
            input.Writer.TryWrite(Sent(peer.Port, i));
        input.Writer.Complete();
        var results = new List<DicomSendResult>();
        var options = new ConfirmationOptions { Timeout = TimeSpan.FromSeconds(1), Client = Timers.ShortAssociationAndMessage };
        await new QueryJob(options, r =>
        {
            results.Add(r);
            return default;
        }, _ => { }, default).RunAsync(input.Reader).WaitAsync(s_enough);
        return results;
    }

    /// <summary>Each is a new one, and none is one that was sent: that is no reason to go on for ever.</summary>
    [Fact]
    public async Task Query_that_finds_others_without_end_has_one()
    {
        var watch = Stopwatch.StartNew();
        var results = await ConfirmAsync(new PeerBehaviour { OnService = field => field == 0x0020 ? PeerReaction.EndlessNewMatches : null }, 2);
        Assert.All(results, r => Assert.Equal((DicomSendStatus.Failed, DicomConfirmation.NotAnswered, "DicomResponseTimeout"), (r.Status, r.Confirmation, r.ErrorId)));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    /// <summary>It may be what such a match stands for: that the archive does not have it was not said.</summary>
    [Fact]
    public async Task Matches_that_name_no_instance_do_not_show_that_one_is_missing()
    {
        var results = await ConfirmAsync(new PeerBehaviour { Matches = ["1.2.1", "", ""] }, 3);
        Assert.Equal([DicomConfirmation.Found, DicomConfirmation.NotAnswered, DicomConfirmation.NotAnswered], results.OrderBy(r => r.Name, StringComparer.Ordinal).Select(r => r.Confirmation!.Value));
        Assert.Contains("name no SOP Instance UID", results.First(r => r.Name == "3").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.2.840.10008.5.1.4.1.1.2", true)]
    [InlineData("1.2.840.10008.5.1.4.1.1.4", false)]
    [InlineData("", true)]
    public void Commitment_to_an_instance_of_another_class_is_for_another_one(string sopClass, bool isAbout)
    {
        SyntheticElement[] item = [SyntheticElement.Text(0x00081150, "UI", sopClass), SyntheticElement.Text(0x00081155, "UI", "1.2.3")];
        byte[] dataset =
        [
            .. SyntheticInstance.Encode(SyntheticElement.Text(0x00081195, "UI", "1.2.77"), true, false),
            .. SyntheticInstance.Encode(new SyntheticElement(0x00081199, "SQ", new[] { item }), true, false),
        ];
        var report = CommitmentReport.Decode(dataset, DicomTransferSyntax.ExplicitVRLittleEndian);
        Assert.Equal(isAbout, report.IsAbout(new SopReference(SyntheticInstance.CTImage, "1.2.3")));
    }

    [Theory]
    [InlineData((ushort)1, true)]
    [InlineData((ushort)2, true)]
    [InlineData((ushort)3, false)]
    [InlineData(null, false)]
    public void Event_of_another_type_is_no_report(ushort? type, bool isReport)
        => Assert.Equal(isReport, new DimseCommand { Field = CommandField.EventReportRequest, HasDataset = true, TypeId = type }.IsCommitmentReport);
}
