using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Progress;

namespace FlywheelDicom.Unit.Transfer.Progress;

public sealed class SendProgressTests
{
    private readonly StandingTime _time = new();
    private readonly SendProgress _progress;

    public SendProgressTests() => _progress = new SendProgress(_time);

    private static DicomSendResult ResultOf(DicomFile file, DicomSendStatus status = DicomSendStatus.Sent) => new()
    {
        Name = file.Name, Origin = file.Origin, Status = status, Bytes = file.Length, Destination = JobRun.At(104),
    };

    /// <summary>Handed in, sent and answered.</summary>
    private void Send(DicomFile file, DicomSendStatus status = DicomSendStatus.Sent)
    {
        _progress.Enter(file);
        _progress.Begin(file);
        _progress.Sent.Add(file.Length);
        _progress.End(file, ResultOf(file, status));
    }

    private string Text() => ProgressText.Of(_progress.Snapshot(), "PACS", _time.GetLocalNow());

    [Fact]
    public void What_a_source_announces_is_the_total_from_the_first_moment()
    {
        var file = JobRun.File(1);
        var source = _progress.Source = new ReadProgress();
        source.Announce(105, 105 * file.Length);
        Assert.Equal((0L, 105L, true), (_progress.Snapshot().Done, _progress.Snapshot().Total, _progress.Snapshot().IsTotalKnown));
        for (var i = 0; i < 21; i++)
        {
            source.Settle(1, file.Length);
            source.Find(file);
            // What is on its way between the stages is counted too.
            Assert.Equal(105, _progress.Snapshot().Total);
            Send(file);
        }
        var now = _progress.Snapshot();
        Assert.Equal((21L, 105L, 20), (now.Done, now.Total, now.Percent));
        Assert.Contains("21 of 105, 20% of ", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Total_has_a_plus_until_all_is_known()
    {
        var file = JobRun.File(1);
        var source = _progress.Source = new ReadProgress();
        source.EnterListing();
        source.AnnounceUnsized(2);
        source.SettleUnsized(1);
        source.Find(file);
        Send(file);
        Assert.StartsWith("1 of 2+, 50% of ", Text(), StringComparison.Ordinal);
        // A file of unknown size counts as much as those that are known.
        Assert.Equal(2 * file.Length, _progress.Snapshot().TotalBytes);
        source.LeaveListing();
        Assert.StartsWith("1 of 2, ", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_source_the_end_of_the_input_tells()
    {
        Send(JobRun.File(1));
        Assert.StartsWith("1 of 1+, 99% of ", Text(), StringComparison.Ordinal);
        _progress.EndInput();
        Assert.StartsWith("1 of 1, 100% of ", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Stage_that_leaves_out_half_is_expected_to_leave_out_half_of_the_rest()
    {
        var file = JobRun.File(1);
        var source = _progress.Source = new ReadProgress();
        source.Announce(100, 100 * file.Length);
        for (var i = 0; i < 20; i++)
        {
            source.Settle(1, file.Length);
            source.Find(file);
            if (i % 2 == 0)
                Send(file);
        }
        Assert.Equal((10L, 50L, false), (_progress.Snapshot().Done, _progress.Snapshot().Total, _progress.Snapshot().IsTotalKnown));
    }

    [Fact]
    public void Bytes_inside_an_instance_move()
    {
        var file = JobRun.File(1, rows: 1000);
        _progress.Enter(file);
        _progress.EndInput();
        _progress.Begin(file);
        var seen = new List<long>();
        for (var i = 0; i < 4; i++)
        {
            seen.Add(_progress.Snapshot().Bytes);
            _progress.Sent.Add(file.Length / 4);
        }
        Assert.Equal(seen.Distinct().Order(), seen);
        Assert.Equal((0L, 99), (_progress.Snapshot().Done, Math.Max(99, _progress.Snapshot().Percent)));
        _progress.End(file, ResultOf(file));
        Assert.Equal((file.Length, 100), (_progress.Snapshot().Bytes, _progress.Snapshot().Percent));
    }

    [Fact]
    public void Bytes_of_a_try_that_failed_do_not_count_twice()
    {
        var file = JobRun.File(1);
        _progress.Enter(file);
        _progress.EndInput();
        _progress.Begin(file);
        _progress.Sent.Add(file.Length / 2);
        _progress.Sent.Withdraw(file.Length / 2);
        Assert.Equal(0, _progress.Snapshot().Bytes);
        _progress.Sent.Add(file.Length);
        _progress.End(file, ResultOf(file));
        Assert.Equal(file.Length, _progress.Snapshot().Bytes);
    }

    [Fact]
    public void Rate_is_of_the_last_ten_seconds_and_tells_the_time_left()
    {
        var file = JobRun.File(1, rows: 1000);
        for (var i = 0; i < 40; i++)
            _progress.Enter(file);
        _progress.EndInput();
        for (var i = 0; i < 20; i++)
        {
            _ = _progress.Snapshot();
            _time.Move(TimeSpan.FromSeconds(1));
            _progress.Begin(file);
            _progress.Sent.Add(file.Length);
            _progress.End(file, ResultOf(file));
        }
        var now = _progress.Snapshot();
        Assert.Equal((file.Length, 1.0), (now.BytesPerSecond, now.InstancesPerSecond));
        Assert.Equal(TimeSpan.FromSeconds(20), now.TimeLeft);
        Assert.Contains(", 1/s, 20 s left, ", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Rate_falls_to_nothing_in_an_outage()
    {
        Send(JobRun.File(1));
        _time.Move(TimeSpan.FromSeconds(1));
        var rates = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            rates.Add(_progress.Snapshot().InstancesPerSecond);
            _time.Move(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(rates.OrderDescending(), rates);
        Assert.Equal((1.0, 0.0), (rates[0], rates[^1]));
        Assert.Null(_progress.Snapshot().TimeLeft);
    }

    [Fact]
    public void Outage_is_told_at_once_with_the_next_try_and_the_end()
    {
        _progress.Enter(JobRun.File(1));
        Assert.True(_progress.Retry("connection to * lost", 2, TimeSpan.Zero, TimeSpan.FromSeconds(60)));
        Assert.StartsWith("connection to PACS lost 22:25:07, try 2 now, gives up 22:26:07, 0 of 1+", Text(), StringComparison.Ordinal);
        _time.Move(TimeSpan.FromSeconds(7));
        Assert.False(_progress.Retry("connection to * lost", 4, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(53)));
        Assert.StartsWith("connection to PACS lost 22:25:07, try 4, next in 8 s, gives up 22:26:07", Text(), StringComparison.Ordinal);
        // Another instance, which waits for longer: the earlier try is what comes next.
        _progress.Retry("connection to * lost", 3, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(59));
        _time.Move(TimeSpan.FromSeconds(3));
        Assert.StartsWith("connection to PACS lost 22:25:07, try 4, next in 5 s, gives up 22:26:07", Text(), StringComparison.Ordinal);
        Assert.NotNull(_progress.EndOutage());
        Assert.Null(_progress.EndOutage());
        Assert.DoesNotContain("lost", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Try_whose_bytes_leave_is_no_outage_any_more()
    {
        _progress.Enter(JobRun.File(1));
        _progress.Retry("connection to * lost", 2, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60));
        _time.Move(TimeSpan.FromSeconds(1));
        _progress.Sent.Add(1);
        // These were of another association, before the try.
        Assert.Equal(ProgressState.Outage, _progress.Snapshot().State);
        _time.Move(TimeSpan.FromSeconds(2));
        Assert.Equal(ProgressState.Outage, _progress.Snapshot().State);
        _progress.Sent.Add(1);
        Assert.Equal(ProgressState.Working, _progress.Snapshot().State);
        Assert.StartsWith("0 of 1+, ", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Destination_that_was_given_up_is_down_until_it_answers()
    {
        _progress.Retry("connection to * lost", 2, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        _time.Move(TimeSpan.FromSeconds(60));
        for (var i = 0; i < 3; i++)
            Assert.False(_progress.GiveUp("connection to * lost"));
        Assert.StartsWith("PACS is down since 22:25:07, 3 not sent, one is tried each 30 s", Text(), StringComparison.Ordinal);
        Assert.Equal(3, _progress.EndOutage()!.NotSent);
    }

    [Fact]
    public void Wait_is_told_after_a_second_with_what_is_waited_for()
    {
        Assert.Equal(ProgressState.Working, _progress.Snapshot().State);
        _time.Move(TimeSpan.FromSeconds(1));
        Assert.Equal(ProgressState.AwaitingInput, _progress.Snapshot().State);
        var file = JobRun.File(1);
        _progress.Enter(file);
        _progress.Begin(file);
        _progress.BeginConnecting();
        _time.Move(TimeSpan.FromSeconds(2));
        Assert.StartsWith("connecting to PACS since 3 s, ", Text(), StringComparison.Ordinal);
        _progress.EndConnecting();
        _progress.Sent.Add(file.Length);
        Assert.Equal(ProgressState.Working, _progress.Snapshot().State);
        _time.Move(TimeSpan.FromMilliseconds(999));
        Assert.Equal(ProgressState.Working, _progress.Snapshot().State);
        _time.Move(TimeSpan.FromSeconds(4));
        Assert.StartsWith("waiting for PACS since 5 s, ", Text(), StringComparison.Ordinal);
        _progress.End(file, ResultOf(file));
        Assert.Equal(ProgressState.Working, _progress.Snapshot().State);
        _progress.EndInput();
        _time.Move(TimeSpan.FromSeconds(4));
        // There is nothing to wait for.
        Assert.Equal(ProgressState.Working, _progress.Snapshot().State);
    }

    [Fact]
    public void Failures_and_the_current_file_and_series_are_told_and_nothing_of_the_patient()
    {
        var bytes = new SyntheticInstance { Number = 1, PatientName = "DOE^JANE" }.ToArray();
        var file = DicomFile.Read(new MemorySource(bytes), "series/0001.dcm", new DicomOrigin { FileName = "x" })!;
        file.SetValue("SeriesDescription", "T1 MPRAGE");
        file.SetValue("SeriesNumber", "5");
        Send(file, DicomSendStatus.Failed);
        Assert.Contains(", 1 failed, ", Text(), StringComparison.Ordinal);
        Assert.EndsWith("series/0001.dcm (5: T1 MPRAGE)", Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("DOE", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Instance_that_comes_from_nowhere_is_counted_too()
    {
        var file = DicomFile.Unusable("broken.zip", new DicomOrigin { FileName = "broken.zip" }, new DicomProblem(DicomProblem.NotDicom, "It is not DICOM."));
        Send(file, DicomSendStatus.Failed);
        _progress.EndInput();
        Assert.Equal((1L, 1L, 1L, -1), (_progress.Snapshot().Done, _progress.Snapshot().Total, _progress.Snapshot().Failed, _progress.Snapshot().Percent));
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.00 kB")]
    [InlineData(999_600, "1.00 MB")]
    [InlineData(12_340_000, "12.3 MB")]
    [InlineData(512_000_000, "512 MB")]
    [InlineData(1_234_000_000, "1.23 GB")]
    public void Bytes_have_three_digits(long bytes, string text) => Assert.Equal(text, ProgressText.Bytes(bytes));

    [Theory]
    [InlineData(0.2, "1 s")]
    [InlineData(59, "59 s")]
    [InlineData(185, "3:05 min")]
    [InlineData(7800, "2:10 h")]
    [InlineData(300000, "3 days")]
    public void Time_is_told_as_coarsely_as_it_is_long(double seconds, string text) => Assert.Equal(text, ProgressText.Time(TimeSpan.FromSeconds(seconds)));
}
