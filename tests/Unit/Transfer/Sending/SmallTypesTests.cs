using FlywheelDicom.IO;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer.Sending;

/// <summary>The small types of a run.</summary>
public sealed class SmallTypesTests
{
    public static TheoryData<Exception, string, string> Failures => new()
    {
        { new DicomNetworkException(DicomNetworkError.ConnectionLost, "lost", RetryAdvice.BackOff), "DicomConnectionLost", "lost" },
        { new DicomFormatException("odd"), new DicomFormatException("odd").ErrorId, "odd" },
        { new IOException("x"), DicomProblem.Unreadable, "The source cannot be read: x" },
        { new UnauthorizedAccessException("x"), DicomProblem.Unreadable, "The source cannot be read: x" },
        { new InvalidDataException("x"), DicomProblem.Unreadable, "The source cannot be read: x" },
        { new OperationCanceledException("x"), DicomProblem.Unreadable, "The source cannot be read: it was given up (x)" },
        { new InsufficientMemoryException("x"), DicomSendResult.SendingFailed, "There was not enough memory to send it." },
        { new InvalidOperationException("x"), DicomSendResult.SendingFailed, "It could not be sent, for a reason that was not foreseen (InvalidOperationException): x" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Failure_of_an_instance_has_an_id_and_a_reason(Exception exception, string id, string reason)
        => Assert.Equal(new InstanceFailure(id, reason), InstanceFailure.Of(exception));

    [Fact]
    public void Answer_is_lost_once_all_had_left()
    {
        var attempts = new StoreAttempts();
        attempts.Note(null);
        attempts.Note(new DicomNetworkException(DicomNetworkError.ConnectionLost, "x", RetryAdvice.BackOff));
        attempts.Note(new IOException("x"));
        Assert.False(attempts.WasAnswerLost);
        attempts.Note(new DicomNetworkException(DicomNetworkError.ConnectionLost, "x", RetryAdvice.BackOff) { WasDatasetSent = true });
        Assert.True(attempts.WasAnswerLost);
        attempts.Note(null);
        Assert.True(attempts.WasAnswerLost);
    }

    [Fact]
    public async Task Queue_gives_first_what_was_handed_back()
    {
        var queue = new WorkQueue(default);
        var (first, second, third) = (new StagedInstance(JobRun.File(1), 1), new StagedInstance(JobRun.File(2), 2), new StagedInstance(JobRun.File(3), 3));
        await queue.StageAsync(first);
        await queue.StageAsync(second);
        Assert.Equal((2, false), (queue.Backlog, queue.HasReturned));
        queue.HandBack(third);
        Assert.Equal((2, true), (queue.Backlog, queue.HasReturned));
        Assert.True(await queue.WaitAsync(default));
        Assert.Equal(third, await queue.NextAsync());
        Assert.Equal((2, false), (queue.Backlog, queue.HasReturned));
        Assert.Equal(first, await queue.NextAsync());
        Assert.True(queue.TryTake(out var taken));
        Assert.Equal((second, 0), (taken, queue.Backlog));
        Assert.False(queue.TryTake(out _));
        var next = queue.NextAsync().AsTask();
        Assert.False(next.IsCompleted);
        await queue.StageAsync(first);
        Assert.Equal(first, await next);
        queue.Complete();
        queue.HandBack(second);
        Assert.Equal(second, await queue.NextAsync());
        Assert.Null(await queue.NextAsync());
        Assert.False(await queue.WaitAsync(default));
    }

    [Fact]
    public async Task Queue_holds_as_many_as_are_negotiated_for()
    {
        using var stop = new CancellationTokenSource();
        var queue = new WorkQueue(stop.Token);
        var instance = new StagedInstance(JobRun.File(1), 1);
        for (var i = 0; i < DicomClient.MaxExpected; i++)
            Assert.True(queue.StageAsync(instance).AsTask().IsCompletedSuccessfully);
        var late = queue.StageAsync(instance).AsTask();
        Assert.False(late.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late);
    }

    /// <summary>A hash of the content is compared with a hash of its length only where nothing better is known.</summary>
    [Theory]
    [InlineData("A", 1, "A", 1, false)]
    [InlineData("A", 1, "B", 1, true)]
    [InlineData(null, 1, null, 2, true)]
    [InlineData(null, 1, null, 1, null)]
    [InlineData("A", 1, null, 1, null)]
    [InlineData(null, 1, "A", 1, null)]
    public void Second_instance_of_a_UID_is_compared_by_what_is_known(string? first, long firstBytes, string? second, long secondBytes, bool? isOther)
    {
        var stored = new StoredInstances();
        Assert.Null(stored.Note(Result("a", firstBytes), first).SameUidAs);
        var noted = stored.Note(Result("b", secondBytes), second);
        Assert.Equal(("a", isOther), (noted.SameUidAs, noted.HasOtherContent));
    }

    [Fact]
    public void Same_file_again_is_the_same_and_an_entry_of_one_name_may_not_be()
    {
        var stored = new StoredInstances();
        DicomSendResult File(string name) => Result(name, 1) with { Origin = new DicomOrigin { FileName = name } };
        stored.Note(File("a"), null);
        Assert.Equal(("a", false), stored.Note(File("a"), null) is var same ? (same.SameUidAs, same.HasOtherContent) : default);
        var archive = new StoredInstances();
        archive.Note(Result("a", 1) with { Origin = new DicomOrigin { FileName = "z.zip" } }, null);
        Assert.Equal(("a in z.zip", null), archive.Note(Result("a", 1) with { Origin = new DicomOrigin { FileName = "z.zip" } }, null) is var entry ? (entry.SameUidAs, entry.HasOtherContent) : default);
    }

    [Fact]
    public void What_failed_or_has_no_UID_is_not_there()
    {
        var stored = new StoredInstances();
        stored.Note(Result("a", 1) with { Status = DicomSendStatus.Failed }, null);
        Assert.Null(stored.Note(Result("b", 1), null).SameUidAs);
        Assert.Null(stored.Note(Result("c", 1) with { SopInstanceUid = null }, null).SameUidAs);
        Assert.Equal("b", stored.Note(Result("d", 1), null).SameUidAs);
    }

    /// <summary>Names fill block after block, and one that is longer than a block is cut.</summary>
    [Fact]
    public void Names_of_any_length_are_kept()
    {
        var stored = new StoredInstances();
        var names = Enumerable.Range(0, 500).Select(i => new string((char)('a' + i % 26), i * 7 % 1000 + 1) + i).Append(new string('z', 65532)).Append(new string('y', 65531)).Append(new string('x', 70000)).Append("last").ToArray();
        foreach (var (name, i) in names.Select((n, i) => (n, i)))
            Assert.Null(stored.Note(Result(name, 1, $"1.2.{i}"), null).SameUidAs);
        foreach (var (name, i) in names.Select((n, i) => (n, i)))
            Assert.Equal(name.Length > 65532 ? name[..65532] : name, stored.Note(Result("again", 1, $"1.2.{i}"), null).SameUidAs);
    }

    private static DicomSendResult Result(string name, long bytes, string uid = "1.2.3") => new()
    {
        Name = name, Origin = new DicomOrigin { FileName = name }, Destination = JobRun.At(104), Status = DicomSendStatus.Sent, SopInstanceUid = uid, Bytes = bytes, TransferSyntaxUid = "1.2",
    };
}
