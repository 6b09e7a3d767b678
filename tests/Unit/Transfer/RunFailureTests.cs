using System.Threading.Channels;
using FlywheelDicom.IO;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>One instance never costs another; and where a run cannot go on, all that it had in hand is freed and the caller learns why.</summary>
public sealed class RunFailureTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Reads its header, and then fails as it is told to.</summary>
    private sealed class FailingSource(byte[] bytes, Func<Exception> failure) : DicomSource
    {
        public bool Fails { get; set; }

        public override long Length => bytes.Length;

        public override Stream Open() => Fails ? throw failure() : new MemoryStream(bytes, writable: false);
    }

    private sealed class CountingSource(byte[] bytes) : DicomSource
    {
        private int _claims;

        public int Claims => Volatile.Read(ref _claims);

        public override long Length => bytes.Length;

        public override Stream Open() => new MemoryStream(bytes, writable: false);

        public override void Claim() => Interlocked.Increment(ref _claims);

        public override void Release() => Interlocked.Decrement(ref _claims);
    }

    private static DicomFile Failing(int number, Func<Exception> failure)
    {
        var source = new FailingSource(new SyntheticInstance { Number = number }.ToArray(), failure);
        var file = DicomFile.Read(source, "failing", new DicomOrigin { FileName = "failing" })!;
        source.Fails = true;
        return file;
    }

    public static TheoryData<string> Exceptions { get; } = ["index", "null", "cancelled", "overflow", "memory", "argument", "cast", "disposed"];

#pragma warning disable CA2201 // That the runtime alone raises them is the point.
    private static Exception Make(string kind) => kind switch
    {
        "index" => new IndexOutOfRangeException("Index was outside."),
        "null" => new NullReferenceException(),
        "cancelled" => new TaskCanceledException("The request was canceled due to a timeout."),
        "overflow" => new OverflowException(),
        "memory" => new OutOfMemoryException(),
        "argument" => new ArgumentException("An argument."),
        "cast" => new InvalidCastException(),
        _ => new ObjectDisposedException("stream"),
    };
#pragma warning restore CA2201

    [Theory]
    [MemberData(nameof(Exceptions))]
    public async Task Any_exception_of_one_instance_is_its_own_result(string kind)
    {
        foreach (var associations in new[] { 1, 4 })
        {
            using var peer = new ScriptedPeer(new PeerBehaviour());
            DicomFile[] files = [JobRun.File(1), Failing(2, () => Make(kind)), JobRun.File(3), JobRun.File(4)];
            var results = await JobRun.SendAsync(peer.Port, new StoreOptions { MaxAssociations = associations }, files);
            Assert.Equal(4, results.Count);
            var failed = results.Single(r => r.Status != DicomSendStatus.Sent);
            Assert.Equal(("failing", DicomSendStatus.Failed), (failed.Name, failed.Status));
            Assert.Equal(kind == "cancelled" ? DicomProblem.Unreadable : "DicomSendingFailed", failed.ErrorId);
            Assert.False(string.IsNullOrEmpty(failed.Reason));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Run_that_cannot_hand_out_results_ends_with_that_and_frees_all(int associations)
    {
        using var peer = new ScriptedPeer(new PeerBehaviour());
        var sources = Enumerable.Range(1, 200).Select(i => new CountingSource(new SyntheticInstance { Number = i }.ToArray())).ToList();
        var input = Channel.CreateUnbounded<DicomFile>();
        foreach (var source in sources)
        {
            var file = DicomFile.Read(source, "counted", new DicomOrigin { FileName = "counted" })!;
            file.Claim();
            input.Writer.TryWrite(file);
        }
        // The input stays open, as that of a pipeline that has more to come.
        var emitted = 0;
        var job = new StoreJob(JobRun.At(peer.Port), new StoreOptions { MaxAssociations = associations },
            _ => Interlocked.Increment(ref emitted) > 20 ? throw new InvalidDataException("no more") : default, _ => { }, default);
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => job.RunAsync(input.Reader).WaitAsync(s_limit));
        Assert.Equal("no more", failure.Message);
        Assert.All(sources, source => Assert.Equal(0, source.Claims));
    }

    [Fact]
    public async Task Input_that_fails_ends_the_run_with_that_and_frees_all()
    {
        using var peer = new ScriptedPeer(new PeerBehaviour());
        var source = new CountingSource(new SyntheticInstance().ToArray());
        var file = DicomFile.Read(source, "counted", new DicomOrigin { FileName = "counted" })!;
        file.Claim();
        var input = Channel.CreateUnbounded<DicomFile>();
        input.Writer.TryWrite(file);
        input.Writer.Complete(new InvalidDataException("the source broke"));
        var job = new StoreJob(JobRun.At(peer.Port), new StoreOptions { MaxAssociations = 4 }, _ => default, _ => { }, default);
        await Assert.ThrowsAsync<InvalidDataException>(() => job.RunAsync(input.Reader).WaitAsync(s_limit));
        Assert.Equal(0, source.Claims);
    }
}
