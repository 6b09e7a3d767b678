using System.Threading.Channels;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Confirmation;
using Microsoft.Extensions.Time.Testing;

namespace FlywheelDicom.Unit.Transfer;

public class QueryJobTests
{
    [Fact]
    public async Task Archive_that_cannot_be_reached_is_asked_until_the_time_limit()
    {
        using var closed = new ClosedPort();
        var time = new FakeTimeProvider();
        var started = time.GetTimestamp();
        var options = new ConfirmationOptions { Timeout = TimeSpan.FromMinutes(5), Time = time };
        var input = Channel.CreateUnbounded<DicomSendResult>();
        input.Writer.TryWrite(new DicomSendResult
        {
            Name = "1", Origin = new DicomOrigin { FileName = "x" }, SopClassUid = SyntheticInstance.CTImage, SopInstanceUid = "1.2.1", StudyInstanceUid = "1.2",
            SeriesInstanceUid = "1.3", Status = DicomSendStatus.Sent, Destination = JobRun.At(closed.Number),
        });
        input.Writer.Complete();
        var results = new List<DicomSendResult>();
        var retries = 0;
        var waiting = new SemaphoreSlim(0);
        var job = new QueryJob(options, r =>
        {
            results.Add(r);
            return default;
        }, _ =>
        {
            retries++;
            waiting.Release();
        }, default).RunAsync(input.Reader);
        while (!job.IsCompleted && time.GetElapsedTime(started) < TimeSpan.FromMinutes(10))
        {
            // The wait begins just after it is announced.
            if (await waiting.WaitAsync(TimeSpan.FromMilliseconds(20)))
                continue;
            time.Advance(TimeSpan.FromSeconds(10));
        }
        await job.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal([(DicomSendStatus.Failed, DicomConfirmation.NotAnswered)], results.Select(r => (r.Status, r.Confirmation!.Value)));
        Assert.InRange(time.GetElapsedTime(started), TimeSpan.FromMinutes(4.5), TimeSpan.FromMinutes(5.5));
        Assert.True(retries > 10);
    }
}
