using System.Collections.Concurrent;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>
/// Ten thousand random sequences of careless answers, one for each instance, over one association and four, with a window and
/// without: each instance has one result, and neither a result nor a line of the journal says more than the peer's own record.
/// </summary>
public sealed class InvalidResponsesPropertyTests
{
    private const int Jobs = 50;
    private const int InstancesOfJob = 50;

    private static readonly PeerReaction[] s_answers =
        [.. InvalidResponses.All, PeerReaction.AlreadyThere, PeerReaction.AnswerTwice, PeerReaction.AnswerAndReset, PeerReaction.AnswerAndAbort];

    /// <summary>No successes: an instance as small as these has left whole before the peer has looked at it, so that its success would be one.</summary>
    private static readonly PeerReaction[] s_interruptions = [PeerReaction.RefuseAndAbort, PeerReaction.Abort, PeerReaction.Reset, PeerReaction.Close];

    private static readonly int[] s_statuses = [0, 0, 0, 0, 0xB000, 0xB007, 0xA700, 0xC000, 0xA900, 0x0110, 0x0111];

    [Theory]
    [InlineData(1, 1, 11)]
    [InlineData(1, 8, 12)]
    [InlineData(4, 1, 13)]
    [InlineData(4, 8, 14)]
    public async Task No_result_and_no_line_says_more_than_the_archive_has(int associations, int window, int seed)
    {
        var random = new Random(seed);
        var path = Path.Combine(Path.GetTempPath(), $"fwdicom-journal-{Guid.NewGuid():N}.tsv");
        var options = new StoreOptions { MaxAssociations = associations, RetryTime = TimeSpan.FromHours(10), Time = new FastTime(2000), Client = Timers.ShortMessage };
        for (var job = 0; job < Jobs; job++)
        {
            var sequences = new ConcurrentDictionary<string, ConcurrentQueue<PeerReaction>>();
            var files = Enumerable.Range(1, InstancesOfJob).Select(i => JobRun.File(i)).ToArray();
            foreach (var file in files)
                sequences[file.SopInstanceUid!] = new(Enumerable.Range(0, random.Next(4)).Select(_ => s_answers[random.Next(s_answers.Length)]));
            var jobSeed = random.Next();
            T? Drawn<T>(int number, int oneIn, IReadOnlyList<T> from) where T : struct
                => new Random(jobSeed + number) is var draw && draw.Next(oneIn) == 0 ? from[draw.Next(from.Count)] : null;
            using var peer = new ScriptedPeer(new PeerBehaviour
            {
                MaxOperations = window, Poison = uid => sequences[uid].TryDequeue(out var next) ? next : null,
                Status = n => s_statuses[new Random(jobSeed - n).Next(s_statuses.Length)], Interrupt = n => Drawn(n, 25, s_interruptions),
            }) { RemembersDatasets = false };
            try
            {
                var first = await JobRun.SendWithJournalAsync(peer.Port, path, options, files);
                AssertTrue(first, peer, path, $"seed {seed}, job {job}");
                peer.Behaviour = new PeerBehaviour();
                var second = await JobRun.SendWithJournalAsync(peer.Port, path, options, files);
                AssertTrue(second, peer, path, $"seed {seed}, job {job}, second run");
                Assert.All(second, r => Assert.True(r.IsStored, r.ToString()));
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    private static void AssertTrue(List<DicomSendResult> results, ScriptedPeer peer, string journal, string where)
    {
        Assert.True(InstancesOfJob == results.Count && InstancesOfJob == results.Select(r => r.SopInstanceUid).Distinct().Count(), $"{where}: {results.Count} results");
        var (stored, whole) = (peer.Stored.ToHashSet(), peer.Whole);
        foreach (var result in results)
        {
            var uid = result.SopInstanceUid!;
            var isDuplicate = result.DicomStatus == DicomStatus.DuplicateSopInstance;
            var isTrue = result.Status switch
            {
                DicomSendStatus.Sent => !isDuplicate && stored.Contains(uid),
                DicomSendStatus.Warning => isDuplicate ? result.Reason!.StartsWith("0x0111: the a", StringComparison.Ordinal) : stored.Contains(uid),
                DicomSendStatus.Skipped => whole.Contains(uid),
                _ => result.ErrorId is not null && result.Reason is not null,
            };
            Assert.True(isTrue, $"{where}: {result}");
        }
        foreach (var line in JournalLine.Read(journal, _ => { }).Where(l => l.Digest.Length > 0))
        {
            var isTrue = line.DicomStatus == DicomStatus.DuplicateSopInstance.Code
                ? line.Note.HasFlag(DicomSendJournalNote.AnswerLost) && whole.Contains(line.SopInstanceUid) : stored.Contains(line.SopInstanceUid);
            Assert.True(isTrue, $"{where}: line of {line}");
        }
    }
}
