using System.Threading.Channels;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

public sealed class AssociationTunerTests
{
    /// <summary>Each minute it tries whether it is given more: here every few milliseconds, by an archive that takes two.</summary>
    [Fact]
    public async Task Associations_that_are_over_are_forgotten()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour { MaxOpen = 2, AnswersAfter = TimeSpan.FromMilliseconds(2) }) { RemembersDatasets = false };
        var input = Channel.CreateBounded<DicomFile>(64);
        var (rounds, most, count) = (0, 0, 0);
        StoreJob? job = null;
        job = new StoreJob(JobRun.At(peer.Port), new StoreOptions { MaxAssociations = StoreOptions.Automatic, Time = new FastTime(20_000) }, _ =>
        {
            Interlocked.Increment(ref count);
            most = Math.Max(most, job!.Associations);
            return default;
        }, text =>
        {
            if (text.Contains("instances a second", StringComparison.Ordinal))
                Interlocked.Increment(ref rounds);
        }, default);
        var run = job.RunAsync(input.Reader);
        var number = 0;
        var file = JobRun.File(1);
        for (var until = DateTime.UtcNow + TimeSpan.FromSeconds(60); Volatile.Read(ref rounds) < 60 && DateTime.UtcNow < until; number++)
            await input.Writer.WriteAsync(file);
        input.Writer.Complete();
        await run.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(number, count);
        Assert.True(rounds >= 40, $"{rounds} rounds");
        Assert.InRange(most, 1, AssociationTuner.MaxAssociations);
        Assert.Equal(0, job.Associations);
        Assert.True(peer.Requests > 2 * AssociationTuner.MaxAssociations, $"{peer.Requests} associations");
    }
}
