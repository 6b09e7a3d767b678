using FlywheelDicom.Network.Connection;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>One row of the fault matrix: what goes wrong, and how it must end.</summary>
internal sealed record FaultScenario(string Fault)
{
    public const int Instances = 200;

    private static readonly byte[] s_congested = [3, 0, 0, 0, 0, 4, 0, 2, 3, 1];
    private static readonly byte[] s_unknownCaller = [3, 0, 0, 0, 0, 4, 0, 1, 1, 3];

    public PeerBehaviour Peer { get; init; } = new();

    /// <summary>The network between; null: none.</summary>
    public Func<Random, LineFault?>? Line { get; init; }

    /// <summary>Nothing listens until then.</summary>
    public TimeSpan Absent { get; init; }

    public string Host { get; init; } = "127.0.0.1";

    public TimeSpan RetryTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The source pauses before every twentieth instance.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>Instances that must fail, and why; the others must be sent.</summary>
    public int Failures { get; init; }
    public string? ErrorId { get; init; }

    /// <summary>The second run cannot reach it either.</summary>
    public bool NeverHeals { get; init; }

    /// <summary>The fiftieth instance has 20 MB: more than sockets hold for a peer that does not read.</summary>
    public bool HasLarge { get; init; }

    /// <summary>Short where the fault shows by a timer that runs out.</summary>
    public DicomClientOptions Timers { get; init; } = new();

    /// <summary>Some must have been tried more than once.</summary>
    public bool Retries { get; init; } = true;

    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        new("none") { Retries = false },
        new("connection refused for a second") { Absent = TimeSpan.FromSeconds(1) },
        Lasting("connection refused", "DicomConnectionRefused") with { Absent = Timeout.InfiniteTimeSpan },
        Lasting("the host name does not resolve", "DicomHostNotFound") with { Host = "no-such-host.invalid", NeverHeals = true },
        new("rejected, transient, three times") { Peer = new() { Reject = n => n <= 3 ? s_congested : null } },
        Lasting("rejected, transient, for good", "DicomAssociationRejected") with { Peer = new() { Reject = _ => s_congested } },
        Lasting("rejected, permanent", "DicomAssociationRejected") with { Peer = new() { Reject = _ => s_unknownCaller } },
        new("association request unanswered, once") { Peer = new() { Ignore = n => n == 1 }, Retries = false, Timers = Unit.Timers.ShortAssociation },
        Lasting("association request never answered (half-open)", "DicomResponseTimeout") with { Peer = new() { Ignore = _ => true }, Timers = Unit.Timers.ShortAssociation },
        Lasting("garbage in place of the association's answer", "DicomProtocolError") with { Peer = new() { Garbage = "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray() } },
        Lasting("all contexts refused", "DicomContextRefused") with { Peer = new() { Choose = (_, _) => null } },
        Now("aborted, every 7th instance", (n, _) => n % 7 == 3 ? PeerReaction.Abort : null),
        new("aborted at one instance, each time") { Peer = Poisonous(PeerReaction.Abort), Failures = 1, ErrorId = "DicomAssociationAborted" },
        new("no answer to one instance, ever") { Peer = Poisonous(PeerReaction.Silence), Failures = 1, ErrorId = "DicomResponseTimeout", RetryTime = TimeSpan.FromSeconds(4), Timers = Unit.Timers.ShortMessage },
        Now("connection reset, every 9th instance", (n, _) => n % 9 == 4 ? PeerReaction.Reset : null),
        Now("connection closed, every 9th instance", (n, _) => n % 9 == 4 ? PeerReaction.Close : null),
        Now("stored, and the answer lost, every 9th instance", (n, _) => n % 9 == 4 ? PeerReaction.StoreAndReset : null),
        new("aborted in mid-message") { Peer = Interrupting(PeerReaction.Abort) },
        new("reset in mid-message") { Peer = Interrupting(PeerReaction.Reset) },
        new("released in mid-message") { Peer = Interrupting(PeerReaction.Release) },
        new("garbage in mid-message") { Peer = Interrupting(PeerReaction.UnknownPdu) },
        new("line cut at any byte") { Line = random => new LineFault(1 + random.Next(60_000)) },
        new("line stalled at any byte, every 4th connection") { Line = random => random.Next(4) == 0 ? new LineFault(1 + random.Next(60_000), Stalls: true) : null, Retries = false, Timers = Unit.Timers.ShortAssociationAndMessage },
        Now("the peer reads no more, once", (n, _) => n == 50 ? PeerReaction.Stall : null) with { Timers = Unit.Timers.ShortMessage },
        new("the peer reads no more in mid-message, so that a write makes no way") { Peer = new() { Interrupt = n => n == 50 ? PeerReaction.Stall : null }, HasLarge = true, Retries = false, Timers = Unit.Timers.ShortMessage },
        Now("no answer, once", (n, _) => n == 50 ? PeerReaction.Silence : null) with { Timers = Unit.Timers.ShortMessage },
        Lasting("no answer, ever", "DicomResponseTimeout") with { Peer = new() { React = (_, _) => PeerReaction.Silence }, Timers = Unit.Timers.ShortMessage },
        Now("answer a byte at a time, too slow, once", (n, _) => n == 50 ? PeerReaction.Drip : null) with { Timers = Unit.Timers.ShortMessage },
        Now("answer a byte at a time, every 9th instance", (n, _) => n % 9 == 4 ? PeerReaction.Trickle : null) with { Retries = false },
        Now("answer for another message, twice", (n, _) => n is 50 or 120 ? PeerReaction.AnswerAnother : null),
        Now("unknown PDU, twice", (n, _) => n is 50 or 120 ? PeerReaction.UnknownPdu : null),
        Now("PDV longer than its PDU, twice", (n, _) => n is 50 or 120 ? PeerReaction.TornPdv : null),
        Now("PDU of 2 GB announced, twice", (n, _) => n is 50 or 120 ? PeerReaction.OverlongPdu : null),
        Now("PDU cut short, every 9th instance", (n, _) => n % 9 == 4 ? PeerReaction.CutPdu : null),
        Now("released in place of an answer, every 9th instance", (n, _) => n % 9 == 4 ? PeerReaction.Release : null),
        new("out of resources for a while") { Peer = new() { Status = n => n <= 5 ? 0xA700 : 0 } },
        Lasting("out of resources for good", "DicomStoreFailed") with { Peer = new() { Status = _ => 0xA700 } },
        Now("ten instances an association, then released", (_, k) => k > 10 ? PeerReaction.Release : null),
        Now("ten instances an association, then aborted", (_, k) => k > 10 ? PeerReaction.Abort : null),
        new("one association at a time") { Peer = new() { MaxOpen = 1 }, Retries = false },
        new("idle associations closed") { Peer = new() { IdleLimit = TimeSpan.FromMilliseconds(40) }, Pause = TimeSpan.FromMilliseconds(150), Retries = false },
        new("eight at once, answers lost") { Peer = new() { MaxOperations = 8, React = (n, _) => n is 30 or 90 ? PeerReaction.StoreAndReset : null } },
        new("eight at once, aborted at one instance, each time") { Peer = Poisonous(PeerReaction.Abort) with { MaxOperations = 8 }, Failures = 1, ErrorId = "DicomAssociationAborted" },
    ];

    public override string ToString() => Fault;

    private static FaultScenario Now(string fault, Func<int, int, PeerReaction?> react) => new(fault) { Peer = new() { React = react } };

    private static FaultScenario Lasting(string fault, string errorId)
        => new(fault) { Failures = Instances, ErrorId = errorId, RetryTime = TimeSpan.FromSeconds(1), Retries = false };

    private static PeerBehaviour Poisonous(PeerReaction reaction)
        => new() { Poison = uid => uid.EndsWith(".77", StringComparison.Ordinal) ? reaction : null };

    private static PeerBehaviour Interrupting(PeerReaction reaction) => new() { Interrupt = n => n % 40 == 20 ? reaction : null };
}
