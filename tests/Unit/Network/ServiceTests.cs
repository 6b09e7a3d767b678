using System.Net;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Services;
using FlywheelDicom.Network.Wire;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.Network;

public class ServiceTests
{
    private static readonly SopReference[] s_three = [new("1.2.840.10008.5.1.4.1.1.2", "1.2.3"), new("1.2.840.10008.5.1.4.1.1.2", "1.2.4"), new("1.2.840.10008.5.1.4.1.1.4", "1.2.5.67")];

    private static DicomDestination At(int port) => new() { Host = "127.0.0.1", Port = port, CalledAE = "PEER" };

    private static Task<CommitmentReport> AskAsync(ScriptedPeer peer, int seconds = 5, CommitmentListener? listener = null)
        => CommitmentClient.RequestAsync(At(peer.Port), s_three, new DicomClientOptions(), TimeSpan.FromSeconds(seconds), listener, default);

    [Fact]
    public async Task Report_on_the_association_that_asked_is_taken_and_confirmed()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Commitment = _ => null });
        var report = await AskAsync(peer);
        Assert.Equal(["1.2.3", "1.2.4", "1.2.5.67"], report.Committed.Order());
        Assert.Empty(report.Failed);
        Assert.Equal((1, 1), (peer.ReportsConfirmed, peer.ReleasesSeen));
    }

    [Fact]
    public async Task Report_with_failures_says_which_and_why()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { Commitment = uid => uid == "1.2.4" ? 0x0112 : null });
        var report = await AskAsync(peer);
        Assert.Equal(["1.2.3", "1.2.5.67"], report.Committed.Order());
        Assert.Equal((ushort)0x0112, report.Failed["1.2.4"]);
    }

    [Fact]
    public async Task Archive_without_the_service_is_named()
    {
        using var refusing = new ScriptedPeer(new PeerBehaviour());
        Assert.Equal(DicomNetworkError.RequestRefused, (await Assert.ThrowsAsync<DicomNetworkException>(() => AskAsync(refusing))).Error);
        using var unknowing = new ScriptedPeer(new PeerBehaviour { Choose = (_, _) => null });
        Assert.Equal(DicomNetworkError.ContextRefused, (await Assert.ThrowsAsync<DicomNetworkException>(() => AskAsync(unknowing))).Error);
    }

    [Fact]
    public async Task Listener_takes_reports_that_are_expected_and_no_others()
    {
        await using var listener = CommitmentListener.Start(IPAddress.Loopback, 0);
        var expected = listener.ExpectAsync("1.2.99");
        Assert.Equal(DicomStatus.ProcessingFailure, await ReportAsync(listener.Port, "1.2.98"));
        Assert.False(expected.IsCompleted);
        Assert.Equal(DicomStatus.Success, await ReportAsync(listener.Port, "1.2.99"));
        Assert.Equal(["1.2.3", "1.2.4", "1.2.5.67"], (await expected).Committed.Order());
    }

    [Fact]
    public async Task Listener_stores_nothing()
    {
        await using var listener = CommitmentListener.Start(IPAddress.Loopback, 0);
        await using var client = new DicomClient(At(listener.Port), new DicomClientOptions());
        var file = MemorySource.Read(new SyntheticInstance().ToArray())!;
        Assert.Equal(DicomNetworkError.ContextRefused, (await Assert.ThrowsAsync<DicomNetworkException>(() => client.StoreAsync(file))).Error);
    }

    private static async Task<DicomStatus> ReportAsync(int port, string transaction)
    {
        var context = new PresentationContext(1, DicomUID.StorageCommitment, [DicomTransferSyntax.ImplicitVRLittleEndian.Uid]);
        await using var association = await DicomAssociation.RequestAsync(At(port), [context], new DicomClientOptions(), default);
        var dataset = CommitmentReport.EncodeRequest(transaction, s_three, DicomTransferSyntax.ImplicitVRLittleEndian);
        var command = new DimseCommand { Field = CommandField.EventReportRequest, SopClassUid = DicomUID.StorageCommitment, SopInstanceUid = "1.2.840.10008.1.20.1.1", TypeId = 1 };
        var response = await association.RequestAsync(association.Contexts[0], command, dataset, "reporting");
        await association.ReleaseAsync();
        return response.Command.Status;
    }
}
