using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using static FlywheelDicom.TestSupport.PeerMessages;

namespace FlywheelDicom.TestSupport;

/// <summary>
/// A Storage SCP written from the standard without the engine, which does what it is told and remembers what it saw on the wire.
/// </summary>
public sealed class ScriptedPeer : LoopbackServer
{
    private volatile PeerBehaviour _behaviour;
    private readonly object _lock = new();
    private readonly List<string> _stored = [];
    private readonly HashSet<string> _whole = [];
    private readonly List<(uint Length, byte[] Fragments)> _pdus = [];
    private readonly List<int> _contexts = [];
    private readonly BitArray _numbers = new(1024);
    private int _associations;
    private int _requests;
    private int _stores;
    private int _begun;
    private int _open;

    /// <param name="behaviour">What it does.</param>
    /// <param name="isAbsent">It refuses connections until it appears.</param>
    public ScriptedPeer(PeerBehaviour behaviour, bool isAbsent = false)
    {
        _behaviour = behaviour;
        if (!isAbsent)
            Listen();
    }

    /// <summary>It was absent, and is no longer.</summary>
    public void Appear() => Listen();

    /// <summary>May be changed while it runs.</summary>
    public PeerBehaviour Behaviour { set => _behaviour = value; }

    /// <summary>SOP Instance UIDs that were answered with success, in order.</summary>
    public IReadOnlyList<string> Stored
    {
        get
        {
            lock (_lock)
                return [.. _stored];
        }
    }

    /// <summary>SOP Instance UIDs that came to their last fragment, whatever was answered: nothing else can be in this archive.</summary>
    public IReadOnlySet<string> Whole
    {
        get
        {
            lock (_lock)
                return new HashSet<string>(_whole);
        }
    }

    /// <summary>The length field of each P-DATA-TF.</summary>
    public IReadOnlyList<uint> PduLengths
    {
        get
        {
            lock (_lock)
                return [.. _pdus.Select(p => p.Length)];
        }
    }

    /// <summary>Control bytes of all PDVs, in order.</summary>
    public IReadOnlyList<byte> Controls
    {
        get
        {
            lock (_lock)
                return [.. _pdus.SelectMany(p => p.Fragments)];
        }
    }

    /// <summary>Presentation contexts of each association.</summary>
    public IReadOnlyList<int> ContextCounts
    {
        get
        {
            lock (_lock)
                return [.. _contexts];
        }
    }

    public int Associations => Volatile.Read(ref _associations);

    /// <summary>A-ASSOCIATE-RQs that came, refused or not.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>C-STORE messages that came whole.</summary>
    public int Stores => Volatile.Read(ref _stores);

    /// <summary>The most instances that were whole and unanswered at once on one association.</summary>
    public int MostUnderWay { get; private set; }

    /// <summary>Data sets of all but C-STORE.</summary>
    public List<byte[]> Identifiers { get; } = [];
    public int AbortsSeen { get; private set; }
    public int ReleasesSeen { get; private set; }
    public List<byte[]> Datasets { get; } = [];
    public bool RemembersDatasets { get; init; } = true;

    /// <summary>Of what is stored, only the last component of the UID is kept: for runs of any length.</summary>
    public bool RemembersNumbersOnly { get; init; }

    /// <summary>With <see cref="RemembersNumbersOnly"/>: how many different instances are stored.</summary>
    public int DistinctStored { get; private set; }
    public int ReportsConfirmed { get; private set; }

    protected override Task ServeAsync(TcpClient caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return ConverseAsync(new PeerConnection(caller, Stop));
    }

    private async Task ConverseAsync(PeerConnection connection)
    {
        using var _ = connection;
        var (type, body) = await connection.ReadPduAsync();
        if (type != 1)
            return;
        if (_behaviour.Garbage is { } garbage)
        {
            await connection.WriteAsync(garbage);
            return;
        }
        var request = Interlocked.Increment(ref _requests);
        if (_behaviour.Ignore(request))
        {
            if ((await connection.ReadPduAsync()).Type == 7)
                NoteAbort();
            await Task.Delay(Timeout.Infinite, Stop);
            return;
        }
        var isOneTooMany = Interlocked.Increment(ref _open) > _behaviour.MaxOpen;
        using var leave = new Leave(() => Interlocked.Decrement(ref _open));
        if (isOneTooMany || _behaviour.Reject(request) is not null)
        {
            byte[] reject = _behaviour.Reject(request) ?? [3, 0, 0, 0, 0, 4, 0, 2, 3, 2];
            await connection.WriteAsync(reject);
            await connection.ReadPduAsync();
            return;
        }
        Interlocked.Increment(ref _associations);
        var (accept, contexts) = Accept(body, _behaviour);
        lock (_lock)
            _contexts.Add(contexts);
        if (!await connection.SayAsync(accept, _behaviour.OnAssociate))
            return;
        if (_behaviour.AnswersBeforeAsked)
            await connection.WriteAsync(Premature());
        var command = new MemoryStream();
        var dataset = new MemoryStream();
        var stored = 0;
        var isAnswered = false;
        while (true)
        {
            if (await ReadUnlessIdleAsync(connection) is not { } next)
                return;
            (type, body) = next;
            if (type == 5)
            {
                lock (_lock)
                    ReleasesSeen++;
                await connection.SayAsync(ReleaseResponse, _behaviour.OnRelease);
                // It asks at the same time: it is answered first (PS3.8 §9.2, states 9 to 12).
                if (_behaviour.OnRelease == PeerReaction.Release && (await connection.ReadPduAsync()).Type == 6)
                    await connection.WriteAsync(ReleaseResponse);
                return;
            }
            if (type == 7)
            {
                NoteAbort();
                return;
            }
            var controls = new List<byte>();
            for (var rest = body.AsMemory(); rest.Length > 0;)
            {
                var length = (int)BinaryPrimitives.ReadUInt32BigEndian(rest.Span);
                var (context, control) = (rest.Span[4], rest.Span[5]);
                var data = rest.Slice(6, length - 2);
                controls.Add(control);
                ((control & 1) == 1 ? command : dataset).Write(data.Span);
                rest = rest[(4 + length)..];
                if (control == 3 && IsStore(command) && (_behaviour.Interrupt(Interlocked.Increment(ref _begun)) ?? _behaviour.InterruptAt(Uid(command))) is { } interruption)
                {
                    isAnswered = interruption == PeerReaction.Answer;
                    if (!await connection.ReactAsync(context, command.ToArray(), interruption, _behaviour.ErrorComment))
                        return;
                }
                var isWhole = control == 2 || (control == 3 && !HasDataset(command));
                if (isWhole && IsStore(command))
                {
                    stored++;
                    NoteWhole(command);
                }
                if (isWhole && !isAnswered && !await AnswerAsync(connection, context, command.ToArray(), dataset.ToArray(), stored))
                    return;
                if (isWhole)
                {
                    command.SetLength(0);
                    dataset.SetLength(0);
                    isAnswered = false;
                }
            }
            if (RemembersNumbersOnly)
                continue;
            lock (_lock)
                _pdus.Add(((uint)body.Length, [.. controls]));
        }
    }

    private void NoteAbort()
    {
        lock (_lock)
            AbortsSeen++;
    }

    private void NoteWhole(MemoryStream command)
    {
        if (RemembersNumbersOnly)
            return;
        lock (_lock)
            _whole.Add(Uid(command));
    }

    private static string Uid(MemoryStream command) => Encoding.ASCII.GetString(Elements(command.ToArray())[0x1000]).Trim('\0');

    private async Task<bool> AnswerAsync(PeerConnection connection, byte context, byte[] command, byte[] dataset, int inAssociation)
    {
        var elements = Elements(command);
        var field = BitConverter.ToUInt16(elements[0x0100]);
        int? status = 0;
        if (field == 1)
        {
            var number = Interlocked.Increment(ref _stores);
            if (_behaviour.AnswersAfter > TimeSpan.Zero)
                await Task.Delay(_behaviour.AnswersAfter, Stop);
            if ((_behaviour.Poison(Encoding.ASCII.GetString(elements[0x1000]).Trim('\0')) ?? _behaviour.React(number, inAssociation)) is { } reaction)
            {
                if (reaction is PeerReaction.StoreAndReset or PeerReaction.Trickle or PeerReaction.Answer or PeerReaction.AnswerAndReset or PeerReaction.AnswerAndAbort
                    or PeerReaction.AnswerTwice or PeerReaction.AnswerAhead or PeerReaction.Hold)
                    Keep(elements);
                return await connection.ReactAsync(context, command, reaction, _behaviour.ErrorComment);
            }
            status = _behaviour.Status(number);
            if (RemembersDatasets)
            {
                lock (_lock)
                    Datasets.Add(dataset);
            }
            if (connection.HasMore)
                MostUnderWay = Math.Max(MostUnderWay, 2);
        }
        else if (field is not (0x0030 or 0x8100))
        {
            lock (_lock)
                Identifiers.Add(dataset);
            if (_behaviour.OnService(field) is { } reaction)
                return await connection.ReactAsync(context, command, reaction, _behaviour.ErrorComment, dataset);
            foreach (var match in field == 0x0020 ? _behaviour.Matches : [])
                await connection.WriteAsync(Match(elements, context, match, IsExplicit(dataset)));
            if (field == 0x0130)
            {
                await connection.WriteAsync(Response(elements, context, _behaviour.Commitment is null ? 0x0211 : 0));
                if (_behaviour.Commitment is { } judge)
                    await connection.WriteAsync(CommitmentReport(dataset, context, judge));
                return true;
            }
        }
        else if (field == 0x8100)
        {
            lock (_lock)
                ReportsConfirmed++;
            return true;
        }
        else if (_behaviour.OnService(field) is { } reaction)
            return await connection.ReactAsync(context, command, reaction, _behaviour.ErrorComment);
        if (status is null)
            return true;
        if (status == int.MinValue)
            return connection.Reset();
        if (status < 0)
        {
            await connection.WriteAsync(PeerMessages.Abort);
            return false;
        }
        if (status is 0 or >= 0xB000 and < 0xC000 && field == 1)
        {
            Keep(elements);
        }
        await connection.WriteAsync(Response(elements, context, status.Value, _behaviour.ErrorComment));
        return true;
    }

    private void Keep(Dictionary<ushort, byte[]> elements)
    {
        var uid = Encoding.ASCII.GetString(elements[0x1000]).Trim('\0');
        lock (_lock)
        {
            if (!RemembersNumbersOnly)
            {
                _stored.Add(uid);
                return;
            }
            var number = int.Parse(uid.AsSpan(uid.LastIndexOf('.') + 1), CultureInfo.InvariantCulture);
            while (_numbers.Count <= number)
                _numbers.Length = Math.Max(1024, 2 * _numbers.Count);
            if (!_numbers[number])
                DistinctStored++;
            _numbers[number] = true;
        }
    }

    private async Task<(byte Type, byte[] Body)?> ReadUnlessIdleAsync(PeerConnection connection)
    {
        var read = connection.ReadPduAsync();
        if (_behaviour.IdleLimit == Timeout.InfiniteTimeSpan || await Task.WhenAny(read, Task.Delay(_behaviour.IdleLimit, Stop)) == read)
            return await read;
        connection.Close();
        await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return null;
    }

    private sealed class Leave(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
